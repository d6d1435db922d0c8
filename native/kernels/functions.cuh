// Element-wise functions and their slopes, accurate to a few units in the last place of a float.
#pragma once

#include "views.cuh"

namespace carousel {

// Made of one exponential that cannot overflow; keeps its relative error where x is very negative.
__device__ inline float sigmoid(float x) {
  float e = expf(-fabsf(x));
  float s = 1.0f / (1.0f + e);
  return x < 0 ? e * s : s;
}

// log(1 + exp(x))
__device__ inline float softplus(float x) { return (x > 0 ? x : 0.0f) + log1pf(expf(-fabsf(x))); }

// NaN stays NaN.
__device__ inline float clamp(float x, float limit) { return x < -limit ? -limit : x > limit ? limit : x; }

// A function that the compiler knows. values and slopes take several elements, so that a choice is made once for all.
template <carousel_activation F>
struct Fixed {
  template <int N>
  __device__ Reals<N> values(Reals<N> x) const {
    CAROUSEL_UNROLL
    for (int k = 0; k < N; k++) {
      x[k] = value(x[k]);
    }
    return x;
  }

  template <int N>
  __device__ Reals<N> slopes(Reals<N> y) const {
    CAROUSEL_UNROLL
    for (int k = 0; k < N; k++) {
      y[k] = slope(y[k]);
    }
    return y;
  }

  __device__ float value(float x) const {
    if (F == CAROUSEL_SIGMOID) {
      return sigmoid(x);
    }
    if (F == CAROUSEL_TANH) {
      return tanhf(x);
    }
    if (F == CAROUSEL_RELU) {
      return x < 0 ? 0.0f : x;
    }
    return x;
  }

  // The derivative, from the value y = f(x).
  __device__ float slope(float y) const {
    if (F == CAROUSEL_SIGMOID) {
      return y * (1.0f - y);
    }
    if (F == CAROUSEL_TANH) {
      return 1.0f - y * y;
    }
    if (F == CAROUSEL_RELU) {
      return y > 0 ? 1.0f : 0.0f;
    }
    return 1.0f;
  }
};

// A function chosen at run time, the same one for all threads.
struct Chosen {
  carousel_activation f;

  template <int N>
  __device__ Reals<N> values(Reals<N> x) const {
    switch (f) {
      case CAROUSEL_SIGMOID:
        return Fixed<CAROUSEL_SIGMOID>().values(x);
      case CAROUSEL_TANH:
        return Fixed<CAROUSEL_TANH>().values(x);
      case CAROUSEL_RELU:
        return Fixed<CAROUSEL_RELU>().values(x);
      default:
        return x;
    }
  }

  template <int N>
  __device__ Reals<N> slopes(Reals<N> y) const {
    switch (f) {
      case CAROUSEL_SIGMOID:
        return Fixed<CAROUSEL_SIGMOID>().slopes(y);
      case CAROUSEL_TANH:
        return Fixed<CAROUSEL_TANH>().slopes(y);
      case CAROUSEL_RELU:
        return Fixed<CAROUSEL_RELU>().slopes(y);
      default:
        return Fixed<CAROUSEL_IDENTITY>().slopes(y);
    }
  }
};

}  // namespace carousel
