// Losses that are sums over elements: logistic loss and squared error.
#include "carousel/loss.h"

#include "functions.cuh"
#include "reduce.cuh"

namespace carousel {

struct Logistic {
  float positive_weight;

  __device__ float loss(float x, float y) const {
    return positive_weight * y * softplus(-x) + (1.0f - y) * softplus(x);
  }
  __device__ float slope(float x, float y) const {
    return (1.0f - y) * sigmoid(x) - positive_weight * y * sigmoid(-x);
  }
};

struct SquaredError {
  __device__ float loss(float x, float y) const { return (x - y) * (x - y); }
  __device__ float slope(float x, float y) const { return 2.0f * (x - y); }
};

// The weighted loss of N neighbouring elements, and its gradient where a place is given.
template <class Loss>
struct ElementLoss {
  Loss of;
  View<float> x;
  View<float> targets;
  const float *weights;
  View<float> dx;

  template <int N>
  __device__ float run(int64_t row, int64_t column) const {
    float weight = weights[row];
    if (weight == 0) {
      store_if_given<N>(dx, row, column, Reals<N>{});
      return 0;
    }
    Reals<N> value = load<N>(x.at(row, column));
    Reals<N> target = load<N>(targets.at(row, column));
    float sum = 0;
    CAROUSEL_UNROLL
    for (int k = 0; k < N; k++) {
      sum += of.loss(value[k], target[k]);
      value[k] = weight * of.slope(value[k], target[k]);
    }
    store_if_given<N>(dx, row, column, value);
    return weight * sum;
  }
};

template <class Loss>
carousel_status enqueue(carousel_stream stream, int32_t rows, int32_t columns, Loss of, carousel_view x,
                        carousel_view targets, const float *weights, carousel_view dx, float *loss, void *scratch) {
  Arguments given(rows, columns);
  ElementLoss<Loss> body{of, given.matrix<float>(x), given.matrix<float>(targets), given.pointer(weights),
                         given.optional<float>(dx)};
  return sum_each(stream, given, body, loss, scratch);
}

}  // namespace carousel

using namespace carousel;

carousel_status carousel_logistic_loss(carousel_stream stream, int32_t rows, int32_t columns, carousel_view logits,
                                       carousel_view targets, const float *weights, float positive_weight,
                                       carousel_view d_logits, float *loss, void *scratch) {
  return enqueue(stream, rows, columns, Logistic{positive_weight}, logits, targets, weights, d_logits, loss, scratch);
}

carousel_status carousel_squared_error(carousel_stream stream, int32_t rows, int32_t columns, carousel_view y,
                                       carousel_view targets, const float *weights, carousel_view dy, float *loss,
                                       void *scratch) {
  return enqueue(stream, rows, columns, SquaredError{}, y, targets, weights, dy, loss, scratch);
}
