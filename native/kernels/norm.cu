// Norms of gradients, and the factor that bounds them (Pascanu et al. 2013).
#include "carousel/optimizer.h"

#include "reduce.cuh"

namespace carousel {

struct Square {
  View<float> x;

  template <int N>
  __device__ float run(int64_t row, int64_t column) const {
    Reals<N> value = load<N>(x.at(row, column));
    float sum = 0;
    CAROUSEL_UNROLL
    for (int k = 0; k < N; k++) {
      sum = fmaf(value[k], value[k], sum);
    }
    return sum;
  }
};

__global__ void set_clip_coefficient(const float *squared_norm, float max_norm, float *coefficient) {
  float ratio = max_norm / (sqrtf(*squared_norm) + 1e-6f);
  *coefficient = ratio >= 1 ? 1.0f : ratio;
}

}  // namespace carousel

using namespace carousel;

carousel_status carousel_squared_norm(carousel_stream stream, int32_t rows, int32_t columns, carousel_view x,
                                      float *sum, void *scratch) {
  Arguments given(rows, columns);
  return sum_each(stream, given, Square{given.matrix<float>(x)}, sum, scratch);
}

carousel_status carousel_clip_coefficient(carousel_stream stream, const float *squared_norm, float max_norm,
                                          float *coefficient) {
  Arguments given(1, 1);
  given.pointer(squared_norm);
  given.pointer(coefficient);
  given.require(max_norm >= 0);
  if (given.status() != CAROUSEL_OK) {
    return given.status();
  }
  return CAROUSEL_LAUNCH(set_clip_coefficient, 1, 1, 0, stream, squared_norm, max_norm, coefficient);
}
