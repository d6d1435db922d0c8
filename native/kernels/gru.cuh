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

}  // namespace carousel
