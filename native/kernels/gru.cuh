// What both kinds of GRU share (Cho et al. 2014): the functions of a cell.
#pragma once

#include "carousel/gru.h"

#include "each.cuh"
#include "functions.cuh"

namespace carousel {

// What the compiler knows of the standard cell.
struct StandardGru {
  Fixed<CAROUSEL_SIGMOID> gate;
  Fixed<CAROUSEL_TANH> activation;
};

struct GeneralGru {
  Chosen gate;
  Chosen activation;
};

inline bool is_valid(const carousel_gru_variant &variant) {
  return is_activation(variant.gate) && is_activation(variant.activation);
}

// Calls work with the standard cell, which is a type of its own, or with what the variant says.
template <class Work>
carousel_status with_variant(const carousel_gru_variant &variant, Work work) {
  if (variant.gate == CAROUSEL_SIGMOID && variant.activation == CAROUSEL_TANH) {
    return work(StandardGru{});
  }
  return work(GeneralGru{Chosen{variant.gate}, Chosen{variant.activation}});
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
