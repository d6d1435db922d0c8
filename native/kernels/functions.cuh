// Element-wise functions and their slopes, accurate to a few units in the last place of a float.
#pragma once

#include "formulas.cuh"
#include "views.cuh"

namespace carousel {

// NaN stays NaN.
__device__ inline float clamp(float x, float limit) { return x < -limit ? -limit : x > limit ? limit : x; }

// A formula that the compiler knows. values and slopes take several elements, so that a choice is made once for all.
template <class Formula>
struct Fixed {
  Formula f;

  template <int N>
  __host__ __device__ Reals<N> values(Reals<N> x) const {
    CAROUSEL_UNROLL
    for (int k = 0; k < N; k++) {
      x[k] = f.value(x[k]);
    }
    return x;
  }

  template <int N>
  __host__ __device__ Reals<N> slopes(Reals<N> y) const {
    CAROUSEL_UNROLL
    for (int k = 0; k < N; k++) {
      y[k] = f.slope(y[k]);
    }
    return y;
  }
};

template <int N>
struct Values {
  Reals<N> x;

  template <class Formula>
  __host__ __device__ Reals<N> operator()(Formula f) const {
    return Fixed<Formula>{f}.values(x);
  }
};

template <int N>
struct Slopes {
  Reals<N> y;

  template <class Formula>
  __host__ __device__ Reals<N> operator()(Formula f) const {
    return Fixed<Formula>{f}.slopes(y);
  }
};

struct ValueAt {
  float x;

  template <class Formula>
  __host__ __device__ float operator()(Formula f) const {
    return f.value(x);
  }
};

// A function chosen at run time, the same one for all threads. With a clip, its values at the bounds come from the
// host, so that forward and backward have the same bits for them: by these backward knows that no gradient passes.
class Chosen {
 public:
  // Values are looked at again by slopes after they were stored as T.
  template <class T>
  static Chosen stored_as(const carousel_activation &f) {
    return Chosen(f, rounded<T>(with_formula(f, ValueAt{-f.clip})), rounded<T>(with_formula(f, ValueAt{f.clip})));
  }

  template <int N>
  __device__ Reals<N> values(const Reals<N> &x) const {
    Reals<N> y = with_formula(f_, Values<N>{x});
    if (f_.clip > 0) {
      CAROUSEL_UNROLL
      for (int k = 0; k < N; k++) {
        y[k] = x[k] >= f_.clip ? high_ : x[k] <= -f_.clip ? low_ : y[k];
      }
    }
    return y;
  }

  template <int N>
  __device__ Reals<N> slopes(const Reals<N> &y) const {
    Reals<N> slope = with_formula(f_, Slopes<N>{y});
    if (f_.clip > 0) {
      CAROUSEL_UNROLL
      for (int k = 0; k < N; k++) {
        slope[k] = y[k] == low_ || y[k] == high_ ? 0.0f : slope[k];
      }
    }
    return slope;
  }

 private:
  Chosen(const carousel_activation &f, float low, float high) : f_(f), low_(low), high_(high) {}

  carousel_activation f_;
  float low_;
  float high_;
};

}  // namespace carousel
