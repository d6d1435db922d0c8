// Softmax over the valid columns of each row: attention weights.
#include "carousel/attention.h"

#include <cmath>

#include "reduce.cuh"

namespace carousel {

constexpr int masked_threads = 256;

// THREADS threads share a row: a warp where it is short, a block where it is long. Each thread keeps to its own
// columns, so that results may overwrite operands.
template <int THREADS>
__global__ void __launch_bounds__(masked_threads)
    masked_softmax(int64_t rows, int64_t columns, View<float> x, const int32_t *lengths, View<float> y) {
  int64_t row = static_cast<int64_t>(blockIdx.x) * (masked_threads / THREADS) + threadIdx.x / THREADS;
  int64_t self = threadIdx.x % THREADS;
  if (row >= rows) {
    return;
  }
  int64_t length = lengths[row];
  float most = -INFINITY;
  for (int64_t c = self; c < length; c += THREADS) {
    most = Maximum::of(most, *x.at(row, c));
  }
  most = combine<Maximum, THREADS>(most);
  float sum = 0;
  for (int64_t c = self; c < length; c += THREADS) {
    sum += expf(*x.at(row, c) - most);
  }
  sum = combine<Add, THREADS>(sum);
  for (int64_t c = self; c < columns; c += THREADS) {
    *y.at(row, c) = c < length ? expf(*x.at(row, c) - most) / sum : 0.0f;
  }
}

template <int THREADS>
__global__ void __launch_bounds__(masked_threads)
    masked_softmax_gradient(int64_t rows, int64_t columns, View<float> y, const int32_t *lengths, View<float> dy,
                            View<float> dx) {
  int64_t row = static_cast<int64_t>(blockIdx.x) * (masked_threads / THREADS) + threadIdx.x / THREADS;
  int64_t self = threadIdx.x % THREADS;
  if (row >= rows) {
    return;
  }
  int64_t length = lengths[row];
  float mean = 0;
  for (int64_t c = self; c < length; c += THREADS) {
    mean += *y.at(row, c) * *dy.at(row, c);
  }
  mean = combine<Add, THREADS>(mean);
  for (int64_t c = self; c < columns; c += THREADS) {
    *dx.at(row, c) = c < length ? *y.at(row, c) * (*dy.at(row, c) - mean) : 0.0f;
  }
}

constexpr int64_t few_columns = 512;

template <int THREADS>
unsigned blocks_of(int64_t rows) {
  constexpr int64_t rows_a_block = masked_threads / THREADS;
  return static_cast<unsigned>((rows + rows_a_block - 1) / rows_a_block);
}

template <int THREADS>
carousel_status launch_forward(carousel_stream stream, const Arguments &given, View<float> x, const int32_t *lengths,
                               View<float> y) {
  return CAROUSEL_LAUNCH(masked_softmax<THREADS>, blocks_of<THREADS>(given.rows), masked_threads, 0, stream,
                         given.rows, given.columns, x, lengths, y);
}

template <int THREADS>
carousel_status launch_backward(carousel_stream stream, const Arguments &given, View<float> y, const int32_t *lengths,
                                View<float> dy, View<float> dx) {
  return CAROUSEL_LAUNCH(masked_softmax_gradient<THREADS>, blocks_of<THREADS>(given.rows), masked_threads, 0, stream,
                         given.rows, given.columns, y, lengths, dy, dx);
}

}  // namespace carousel

using namespace carousel;

carousel_status carousel_masked_softmax_forward(carousel_stream stream, int32_t rows, int32_t columns,
                                                carousel_view x, const int32_t *lengths, carousel_view y) {
  Arguments given(rows, columns);
  View<float> from = given.matrix<float>(x);
  View<float> to = given.matrix<float>(y);
  given.pointer(lengths);
  if (given.status() != CAROUSEL_OK || given.empty()) {
    return given.status();
  }
  auto launch = columns <= few_columns ? launch_forward<32> : launch_forward<masked_threads>;
  return launch(stream, given, from, lengths, to);
}

carousel_status carousel_masked_softmax_backward(carousel_stream stream, int32_t rows, int32_t columns,
                                                 carousel_view y, const int32_t *lengths, carousel_view dy,
                                                 carousel_view dx) {
  Arguments given(rows, columns);
  View<float> value = given.matrix<float>(y);
  View<float> from = given.matrix<float>(dy);
  View<float> to = given.matrix<float>(dx);
  given.pointer(lengths);
  if (given.status() != CAROUSEL_OK || given.empty()) {
    return given.status();
  }
  auto launch = columns <= few_columns ? launch_backward<32> : launch_backward<masked_threads>;
  return launch(stream, given, value, lengths, from, to);
}
