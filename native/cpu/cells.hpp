// The cells' element-wise mathematics, on one row of one panel; conventions are PyTorch's.
#pragma once

#include "functions.hpp"
#include "run.hpp"

namespace ISA {

// A row of a panel, forward. Where a state goes on, it is stored with its padding; where the sequence ends, `put` units.
struct ForwardRow {
  float *z;              // [PANEL] sums; become what backward needs
  const float *h, *c;    // state before
  float *next_h, *next_c;
  float *output;
  int64_t live;          // units that there are
  int64_t put;           // units to store as next state
};

INLINE void store_units(float *p, Vector x, int64_t n) {
  if (n >= V) {
    store(p, x);
  } else if (n > 0) {
    store_part(p, x, n);
  }
}

INLINE Vector load_units(const float *p, int64_t n) { return n >= V ? load(p) : n > 0 ? load_part(p, n) : all(0); }

// Hochreiter and Schmidhuber 1997, Gers et al. 2000: c ← f∘c + i∘g, h ← o∘tanh c.
INLINE void lstm_forward(const Run &, const ForwardRow &row) {
  Vector i = sigmoid(load(row.z));
  Vector f = sigmoid(load(row.z + V));
  Vector g = tanh(load(row.z + 2 * V));
  Vector o = sigmoid(load(row.z + 3 * V));
  Vector c = fma(f, load(row.c), mul(i, g));
  Vector h = mul(o, tanh(c));
  store(row.z, i);
  store(row.z + V, f);
  store(row.z + 2 * V, g);
  store(row.z + 3 * V, o);
  store_units(row.next_c, c, row.put);
  store_units(row.next_h, h, row.put);
  store_units(row.output, h, row.live);
}

// Cho et al. 2014 with reset after the product: n ← tanh(x… + r∘m), h ← (1 - z)∘n + z∘h.
INLINE void gru_forward(const Run &, const ForwardRow &row) {
  Vector r = sigmoid(load(row.z + V));
  Vector z = sigmoid(load(row.z + 2 * V));
  Vector n = tanh(fma(r, load(row.z + 3 * V), load(row.z)));
  Vector h = fma(z, sub(load(row.h), n), n);
  store(row.z, n);
  store(row.z + V, r);
  store(row.z + 2 * V, z);
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
INLINE void rnn_forward(const Run &run, const ForwardRow &row) {
  for (int v = 0; v < 4; v++) {
    Vector h = activate(run.activation, load(row.z + v * V));
    store(row.z + v * V, h);
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
