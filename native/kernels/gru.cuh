// What both kinds of GRU share (Cho et al. 2014): the functions of a cell.
#pragma once

#include "carousel/gru.h"

#include "each.cuh"
#include "functions.cuh"

namespace carousel {

// What the compiler knows of the standard cell.
struct StandardGru {
  Fixed<Sigmoid> gate;
  Fixed<Tanh> activation;
};

struct GeneralGru {
  Chosen gate;
  Chosen activation;
};

inline bool is_valid(const carousel_gru_variant &variant) {
  return is_valid(variant.gate) && is_valid(variant.activation);
}

// Calls work with the standard cell, which is a type of its own, or with what the variant says; values are stored as T.
template <class T, class Work>
carousel_status with_variant(const carousel_gru_variant &variant, Work work) {
  if (is_plain(variant.gate, CAROUSEL_SIGMOID) && is_plain(variant.activation, CAROUSEL_TANH)) {
    return work(StandardGru{});
  }
  return work(GeneralGru{Chosen::stored_as<T>(variant.gate), Chosen::stored_as<T>(variant.activation)});
}

// h <- (1 - z) * n + z * h
template <int N>
__device__ void blend(const Reals<N> &z, const Reals<N> &n, Reals<N> &h) {
  CAROUSEL_UNROLL
  for (int k = 0; k < N; k++) {
    h[k] = fmaf(z[k], h[k], (1.0f - z[k]) * n[k]);
  }
}

// One step forward, reset after. In: the sums r, z, n of the input, and those of the state, biases in both. Out: the
// activations and the new state.
template <int N, class Variant>
__device__ void gru_forward(const Variant &variant, Reals<N> (&x)[3], const Reals<N> (&u)[3], Reals<N> &state) {
  CAROUSEL_UNROLL
  for (int k = 0; k < N; k++) {
    x[0][k] += u[0][k];
    x[1][k] += u[1][k];
  }
  x[0] = variant.gate.values(x[0]);
  x[1] = variant.gate.values(x[1]);
  CAROUSEL_UNROLL
  for (int k = 0; k < N; k++) {
    x[2][k] = fmaf(x[0][k], u[2][k], x[2][k]);
  }
  x[2] = variant.activation.values(x[2]);
  blend(x[1], x[2], state);
}

// One step backward, reset after. In: activations r, z, n, the state's sum u_n, the old state, the gradient of the new
// one. Out: gradients of the sums of the input; d_u that of u_n (the other two are the input's); d_h the part of the
// old state's gradient that does not go through the product.
template <int N, class Variant>
__device__ void gru_backward(const Variant &variant, Reals<N> (&x)[3], const Reals<N> &u_n, const Reals<N> &old,
                             Reals<N> &d_h, Reals<N> &d_u) {
  Reals<N> d_r = variant.gate.slopes(x[0]);
  Reals<N> d_z = variant.gate.slopes(x[1]);
  Reals<N> d_n = variant.activation.slopes(x[2]);
  CAROUSEL_UNROLL
  for (int k = 0; k < N; k++) {
    d_n[k] *= d_h[k] * (1.0f - x[1][k]);
    d_z[k] *= d_h[k] * (old[k] - x[2][k]);
    d_r[k] *= d_n[k] * u_n[k];
    d_u[k] = d_n[k] * x[0][k];
    d_h[k] *= x[1][k];
  }
  x[0] = d_r;
  x[1] = d_z;
  x[2] = d_n;
}

}  // namespace carousel
