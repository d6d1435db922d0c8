// The formulas of element-wise functions: value(x), and slope(y), the derivative from the value y = value(x). What they
// are and which numbers they take is in io.carousel.device.Activation.Kind. NaN stays NaN.
#pragma once

#include "hw.cuh"

namespace carousel {

// Made of one exponential that cannot overflow; keeps its relative error where x is very negative.
__host__ __device__ inline float sigmoid(float x) {
  float e = expf(-fabsf(x));
  float s = 1.0f / (1.0f + e);
  return x < 0 ? e * s : s;
}

// log(1 + exp(x))
__host__ __device__ inline float softplus(float x) { return (x > 0 ? x : 0.0f) + log1pf(expf(-fabsf(x))); }

struct Identity {
  __host__ __device__ float value(float x) const { return x; }
  __host__ __device__ float slope(float) const { return 1.0f; }
};

struct Sigmoid {
  __host__ __device__ float value(float x) const { return sigmoid(x); }
  __host__ __device__ float slope(float y) const { return y * (1.0f - y); }
};

struct Tanh {
  __host__ __device__ float value(float x) const { return tanhf(x); }
  __host__ __device__ float slope(float y) const { return 1.0f - y * y; }
};

struct Relu {
  __host__ __device__ float value(float x) const { return x < 0 ? 0.0f : x; }
  __host__ __device__ float slope(float y) const { return y > 0 ? 1.0f : 0.0f; }
};

struct Affine {
  float alpha, beta;
  __host__ __device__ float value(float x) const { return fmaf(alpha, x, beta); }
  __host__ __device__ float slope(float) const { return alpha; }
};

struct LeakyRelu {
  float alpha;
  __host__ __device__ float value(float x) const { return x > 0 ? x : alpha * x; }
  __host__ __device__ float slope(float y) const { return y > 0 ? 1.0f : alpha; }
};

struct ThresholdedRelu {
  float alpha;
  __host__ __device__ float value(float x) const { return x <= alpha ? 0.0f : x; }
  __host__ __device__ float slope(float y) const { return y != 0 ? 1.0f : 0.0f; }
};

struct ScaledTanh {
  float alpha, beta;
  __host__ __device__ float value(float x) const { return alpha * tanhf(beta * x); }
  __host__ __device__ float slope(float y) const { return beta * (alpha - y * y / alpha); }
};

struct HardSigmoid {
  float alpha, beta;
  __host__ __device__ float value(float x) const {
    float y = fmaf(alpha, x, beta);
    return y < 0 ? 0.0f : y > 1 ? 1.0f : y;
  }
  __host__ __device__ float slope(float y) const { return y > 0 && y < 1 ? alpha : 0.0f; }
};

struct Elu {
  float alpha;
  __host__ __device__ float value(float x) const { return x > 0 ? x : alpha * expm1f(x); }
  __host__ __device__ float slope(float y) const { return y > 0 ? 1.0f : y + alpha; }
};

struct Softsign {
  __host__ __device__ float value(float x) const { return x / (1.0f + fabsf(x)); }
  __host__ __device__ float slope(float y) const { return (1.0f - fabsf(y)) * (1.0f - fabsf(y)); }
};

struct Softplus {
  __host__ __device__ float value(float x) const { return softplus(x); }
  __host__ __device__ float slope(float y) const { return -expm1f(-y); }
};

// Calls work with the formula of a function.
template <class Work>
__host__ __device__ auto with_formula(const carousel_activation &f, const Work &work) {
  switch (f.kind) {
    case CAROUSEL_SIGMOID:
      return work(Sigmoid{});
    case CAROUSEL_TANH:
      return work(Tanh{});
    case CAROUSEL_RELU:
      return work(Relu{});
    case CAROUSEL_AFFINE:
      return work(Affine{f.alpha, f.beta});
    case CAROUSEL_LEAKY_RELU:
      return work(LeakyRelu{f.alpha});
    case CAROUSEL_THRESHOLDED_RELU:
      return work(ThresholdedRelu{f.alpha});
    case CAROUSEL_SCALED_TANH:
      return work(ScaledTanh{f.alpha, f.beta});
    case CAROUSEL_HARD_SIGMOID:
      return work(HardSigmoid{f.alpha, f.beta});
    case CAROUSEL_ELU:
      return work(Elu{f.alpha});
    case CAROUSEL_SOFTSIGN:
      return work(Softsign{});
    case CAROUSEL_SOFTPLUS:
      return work(Softplus{});
    default:
      return work(Identity{});
  }
}

// Whether a function is the one of a kind without numbers, and unbounded.
inline bool is_plain(const carousel_activation &f, carousel_activation_kind kind) {
  return f.kind == kind && f.clip == 0;
}

}  // namespace carousel
