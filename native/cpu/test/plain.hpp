// The same runs in plain double arithmetic, sequence by sequence: what the kernels are held against.
#pragma once

#include <cmath>
#include <cstdint>
#include <vector>

#include "carousel/cpu.h"

namespace plain {

using Values = std::vector<double>;

inline int gates_of(int64_t cell) { return cell == CAROUSEL_CPU_LSTM ? 4 : cell == CAROUSEL_CPU_GRU ? 3 : 1; }
inline double sigmoid(double x) { return 1 / (1 + std::exp(-x)); }

inline double activate(int64_t f, double x) {
  return f == 0 ? x : f == 1 ? sigmoid(x) : f == 2 ? std::tanh(x) : std::max(x, 0.0);
}
inline double slope(int64_t f, double y) {
  return f == 0 ? 1 : f == 1 ? y * (1 - y) : f == 2 ? 1 - y * y : y > 0 ? 1 : 0;
}

// Weights of a run and whatever its backward pass adds to.
struct Weights {
  Values ih, hh, b_ih, b_hh;
};

struct Problem {
  int64_t cell, activation, inputs, units;
  Weights w;
};

// One sequence: x [T, I], its outputs and gradients. h0, c0 in, hn, cn and gradients out.
struct Sequence {
  int64_t steps;
  Values x, h0, c0, d_output, d_hn, d_cn;           // given
  Values output, hn, cn, d_x, d_h0, d_c0;           // computed
};

inline void product(const Values &w, int64_t rows, int64_t columns, const double *v, double *sum) {
  for (int64_t r = 0; r < rows; r++) {
    for (int64_t c = 0; c < columns; c++) {
      sum[r] += w[r * columns + c] * v[c];
    }
  }
}

// v += wᵀ·d, dw += d·vᵀ
inline void product_back(const Values &w, Values &dw, int64_t rows, int64_t columns, const double *v, const double *d,
                         double *dv) {
  for (int64_t r = 0; r < rows; r++) {
    for (int64_t c = 0; c < columns; c++) {
      dv[c] += w[r * columns + c] * d[r];
      dw[r * columns + c] += v[c] * d[r];
    }
  }
}

// In the order in which the run takes its steps (the caller turns reversed sequences round).
inline void run(const Problem &p, Sequence &s, Weights &dw) {
  const int64_t H = p.units, I = p.inputs, G = gates_of(p.cell) * H;
  std::vector<Values> hs{s.h0}, cs{s.c0}, xg, hg;
  auto sig = [](double v) { return sigmoid(v); };
  s.output.assign(s.steps * H, 0);
  for (int64_t t = 0; t < s.steps; t++) {
    Values a = p.w.b_ih, b = p.w.b_hh, h(H), c(H);
    product(p.w.ih, G, I, &s.x[t * I], a.data());
    product(p.w.hh, G, H, hs[t].data(), b.data());
    for (int64_t u = 0; u < H; u++) {
      if (p.cell == CAROUSEL_CPU_LSTM) {
        double i = sig(a[u] + b[u]), f = sig(a[H + u] + b[H + u]), g = std::tanh(a[2 * H + u] + b[2 * H + u]);
        c[u] = f * cs[t][u] + i * g;
        h[u] = sig(a[3 * H + u] + b[3 * H + u]) * std::tanh(c[u]);
      } else if (p.cell == CAROUSEL_CPU_GRU) {
        double r = sig(a[u] + b[u]), z = sig(a[H + u] + b[H + u]), n = std::tanh(a[2 * H + u] + r * b[2 * H + u]);
        h[u] = (1 - z) * n + z * hs[t][u];
      } else {
        h[u] = activate(p.activation, a[u] + b[u]);
      }
      s.output[t * H + u] = h[u];
    }
    xg.push_back(a);
    hg.push_back(b);
    hs.push_back(h);
    cs.push_back(c);
  }
  s.hn = hs.back();
  s.cn = cs.back();
  Values dh = s.d_hn, dc = s.d_cn;
  s.d_x.assign(s.steps * I, 0);
  for (int64_t t = s.steps - 1; t >= 0; t--) {
    Values da(G), db(G), before(H);
    const Values &a = xg[t], &b = hg[t];
    for (int64_t u = 0; u < H; u++) {
      double d = dh[u] + s.d_output[t * H + u];
      if (p.cell == CAROUSEL_CPU_LSTM) {
        double i = sig(a[u] + b[u]), f = sig(a[H + u] + b[H + u]), g = std::tanh(a[2 * H + u] + b[2 * H + u]);
        double o = sig(a[3 * H + u] + b[3 * H + u]), tc = std::tanh(cs[t + 1][u]);
        double e = dc[u] + d * o * (1 - tc * tc);
        da[u] = e * g * i * (1 - i);
        da[H + u] = e * cs[t][u] * f * (1 - f);
        da[2 * H + u] = e * i * (1 - g * g);
        da[3 * H + u] = d * tc * o * (1 - o);
        dc[u] = e * f;
        for (int64_t k = 0; k < 4; k++) {
          db[k * H + u] = da[k * H + u];
        }
      } else if (p.cell == CAROUSEL_CPU_GRU) {
        double r = sig(a[u] + b[u]), z = sig(a[H + u] + b[H + u]), n = std::tanh(a[2 * H + u] + r * b[2 * H + u]);
        da[2 * H + u] = d * (1 - z) * (1 - n * n);
        da[H + u] = d * (hs[t][u] - n) * z * (1 - z);
        da[u] = da[2 * H + u] * b[2 * H + u] * r * (1 - r);
        db[u] = da[u];
        db[H + u] = da[H + u];
        db[2 * H + u] = da[2 * H + u] * r;
        before[u] = d * z;
      } else {
        db[u] = da[u] = d * slope(p.activation, hs[t + 1][u]);
      }
    }
    product_back(p.w.ih, dw.ih, G, I, &s.x[t * I], da.data(), &s.d_x[t * I]);
    product_back(p.w.hh, dw.hh, G, H, hs[t].data(), db.data(), before.data());
    for (int64_t g = 0; g < G; g++) {
      dw.b_ih[g] += da[g];
      dw.b_hh[g] += db[g];
    }
    dh = before;
  }
  s.d_h0 = dh;
  s.d_c0 = dc;
}

} // namespace plain
