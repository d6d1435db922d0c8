// The cells' element-wise mathematics, on one row of one panel; conventions are PyTorch's.
#pragma once

#include "functions.hpp"
#include "run.hpp"

namespace ISA {

INLINE void store_units(float *p, Vector x, int64_t n) {
  if (n >= V) {
    store(p, x);
  } else if (n > 0) {
    store_part(p, x, n);
  }
}

INLINE Vector load_units(const float *p, int64_t n) { return n >= V ? load(p) : n > 0 ? load_part(p, n) : all(0); }

// A row of a panel, forward.
struct ForwardRow {
  const float *z;     // [PANEL] sums
  float *kept;        // [PANEL] what backward needs
  const float *h, *c; // states before
  float *output;
  int64_t live;       // units that there are
  float *next_h, *next_c;
  int64_t put;        // units to store there: with their padding where the sequence goes on
};

// Hochreiter and Schmidhuber 1997, Gers et al. 2000: c ← f∘c + i∘g, h ← o∘tanh c.
INLINE void lstm_forward(const ForwardRow &row) {
  Vector i = sigmoid(load(row.z));
  Vector f = sigmoid(load(row.z + V));
  Vector g = tanh(load(row.z + 2 * V));
  Vector o = sigmoid(load(row.z + 3 * V));
  Vector c = fma(f, load(row.c), mul(i, g));
  Vector h = mul(o, tanh(c));
  store(row.kept, i);
  store(row.kept + V, f);
  store(row.kept + 2 * V, g);
  store(row.kept + 3 * V, o);
  store_units(row.next_c, c, row.put);
  store_units(row.next_h, h, row.put);
  store_units(row.output, h, row.live);
}

// Cho et al. 2014 with reset after the product: n ← tanh(x… + r∘m), h ← (1 - z)∘n + z∘h.
INLINE void gru_forward(const ForwardRow &row) {
  Vector r = sigmoid(load(row.z + V));
  Vector z = sigmoid(load(row.z + 2 * V));
  Vector m = load(row.z + 3 * V);
  Vector n = tanh(fma(r, m, load(row.z)));
  Vector h = fma(z, sub(load(row.h), n), n);
  store(row.kept, n);
  store(row.kept + V, r);
  store(row.kept + 2 * V, z);
  store(row.kept + 3 * V, m);
  store_units(row.next_h, h, row.put);
  store_units(row.output, h, row.live);
}

INLINE Vector activate(int64_t f, Vector x) {
  switch (f) {
  case 0:
    return x;
  case 1:
    return sigmoid(x);
  case 2:
    return tanh(x);
  default:
    return max(all(0), x); // in this order NaN stays NaN
  }
}

// The derivative from the value.
INLINE Vector slope(int64_t f, Vector y) {
  switch (f) {
  case 0:
    return all(1);
  case 1:
    return fnma(y, y, y);
  case 2:
    return fnma(y, y, all(1));
  default:
    return where_positive(y, all(1));
  }
}

// Elman 1990: h ← f(x… + h…).
INLINE void rnn_forward(int64_t activation, const ForwardRow &row) {
  for (int v = 0; v < 4; v++) {
    Vector h = activate(activation, load(row.z + v * V));
    store(row.kept + v * V, h);
    store_units(row.next_h + v * V, h, row.put - v * V);
    store_units(row.output + v * V, h, row.live - v * V);
  }
}

// The gradient of V units of a row: dh → gradients of the sums in z, and what is carried to the step before.
INLINE void lstm_backward(Vector dh, float *z, const float *c_before, float *dc) {
  Vector i = load(z), f = load(z + V), g = load(z + 2 * V), o = load(z + 3 * V);
  Vector c = load(c_before);
  Vector tanh_c = tanh(fma(f, c, mul(i, g)));
  Vector d_cell = fma(mul(dh, o), fnma(tanh_c, tanh_c, all(1)), load(dc));
  store(z, mul(mul(d_cell, g), fnma(i, i, i)));
  store(z + V, mul(mul(d_cell, c), fnma(f, f, f)));
  store(z + 2 * V, mul(mul(d_cell, i), fnma(g, g, all(1))));
  store(z + 3 * V, mul(mul(dh, tanh_c), fnma(o, o, o)));
  store(dc, mul(d_cell, f));
}

INLINE void gru_backward(Vector dh, float *gates, const float *h_before, float *dh_by) {
  Vector n = load(gates), r = load(gates + V), z = load(gates + 2 * V), m = load(gates + 3 * V);
  Vector dn = mul(mul(dh, sub(all(1), z)), fnma(n, n, all(1)));
  store(gates, dn);
  store(gates + V, mul(mul(dn, m), fnma(r, r, r)));
  store(gates + 2 * V, mul(mul(dh, sub(load(h_before), n)), fnma(z, z, z)));
  store(gates + 3 * V, mul(dn, r));
  store(dh_by, mul(dh, z));
}

INLINE void rnn_backward(int64_t activation, Vector dh, float *y) { store(y, mul(dh, slope(activation, load(y)))); }

} // namespace ISA
