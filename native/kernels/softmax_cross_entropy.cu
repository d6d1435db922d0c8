// Softmax and cross-entropy of rows of any width.
#include "carousel/loss.h"

#include <cmath>

#include "reduce.cuh"

namespace carousel {

constexpr int softmax_threads = 256;

// THREADS threads share a row: a warp where there are few classes, a block where there are many. Each thread keeps to
// its own columns, so that the gradient may overwrite the logits.
template <int THREADS>
__global__ void __launch_bounds__(softmax_threads)
    softmax_rows(int64_t rows, int64_t classes, View<float> logits, const int32_t *labels, const float *weights,
                 float smoothing, View<float> d_logits, float *losses) {
  int64_t row = static_cast<int64_t>(blockIdx.x) * (softmax_threads / THREADS) + threadIdx.x / THREADS;
  int64_t self = threadIdx.x % THREADS;
  if (row >= rows) {
    return;
  }
  float weight = weights[row];
  if (weight == 0) {
    for (int64_t c = self; d_logits.given() && c < classes; c += THREADS) {
      *d_logits.at(row, c) = 0;
    }
    if (self == 0) {
      losses[row] = 0;
    }
    return;
  }
  float at_label = *logits.at(row, labels[row]);
  float most = -INFINITY;
  for (int64_t c = self; c < classes; c += THREADS) {
    most = Maximum::of(most, *logits.at(row, c));
  }
  most = combine<Maximum, THREADS>(most);
  float sum = 0;
  float below = 0; // of all classes, by which the mean logit lies below the largest
  for (int64_t c = self; c < classes; c += THREADS) {
    float x = *logits.at(row, c);
    sum += expf(x - most);
    below += most - x;
  }
  sum = combine<Add, THREADS>(sum);
  float loss = (most - at_label) + logf(sum);
  if (smoothing > 0) {
    float uniform = combine<Add, THREADS>(below) / classes + logf(sum);
    loss += smoothing * (uniform - loss);
  }
  if (self == 0) {
    losses[row] = weight * loss;
  }
  __syncwarp(); // all have read the label's logit, which the gradient may overwrite
  if (d_logits.given()) {
    float share = smoothing / classes;
    float label_share = 1.0f - smoothing + share;
    for (int64_t c = self; c < classes; c += THREADS) {
      float probability = expf(*logits.at(row, c) - most) / sum;
      *d_logits.at(row, c) = weight * (probability - (c == labels[row] ? label_share : share));
    }
  }
}

template <int THREADS>
carousel_status launch_softmax(carousel_stream stream, int64_t rows, int64_t classes, View<float> logits,
                               const int32_t *labels, const float *weights, float smoothing, View<float> d_logits,
                               float *losses) {
  constexpr int64_t rows_a_block = softmax_threads / THREADS;
  return CAROUSEL_LAUNCH(softmax_rows<THREADS>, static_cast<unsigned>((rows + rows_a_block - 1) / rows_a_block),
                         softmax_threads, 0, stream, rows, classes, logits, labels, weights, smoothing, d_logits,
                         losses);
}

}  // namespace carousel

using namespace carousel;

carousel_status carousel_softmax_cross_entropy(carousel_stream stream, int32_t rows, int32_t classes,
                                               carousel_view logits, const int32_t *labels, const float *weights,
                                               float label_smoothing, carousel_view d_logits, float *loss,
                                               void *scratch) {
  constexpr int64_t few_classes = 512;
  Arguments given(rows, classes);
  View<float> x = given.matrix<float>(logits);
  View<float> dx = given.optional<float>(d_logits);
  given.pointer(labels);
  given.pointer(weights);
  given.pointer(loss);
  given.require(label_smoothing >= 0 && label_smoothing <= 1);
  float *losses = given.pointer(static_cast<float *>(scratch));
  if (given.status() != CAROUSEL_OK || given.empty()) {
    return given.status();
  }
  // scratch holds the losses of so many rows
  for (int64_t first = 0; first < rows; first += scratch_floats) {
    int64_t count = std::min(rows - first, scratch_floats);
    View<float> part{x.data + first * x.stride, x.stride};
    View<float> d_part{dx.data == nullptr ? nullptr : dx.data + first * dx.stride, dx.stride};
    auto launch = classes <= few_classes ? launch_softmax<32> : launch_softmax<softmax_threads>;
    carousel_status status =
        launch(stream, count, classes, part, labels + first, weights + first, label_smoothing, d_part, losses);
    if (status == CAROUSEL_OK) {
      status = sum_partials(stream, losses, count, loss);
    }
    if (status != CAROUSEL_OK) {
      return status;
    }
  }
  return CAROUSEL_OK;
}
