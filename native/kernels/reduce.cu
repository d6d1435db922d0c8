// Sums over rows, and the last step of all sums.
#include "reduce.cuh"

#include "carousel/ops.h"

namespace carousel {

__global__ void __launch_bounds__(sum_threads) add_partials(const float *partials, int64_t count, float *sum) {
  float total = 0;
  for (int64_t p = threadIdx.x; p < count; p += sum_threads) {
    total += partials[p];
  }
  total = combine<Add, sum_threads>(total);
  if (threadIdx.x == 0) {
    *sum += total;
  }
}

carousel_status sum_partials(carousel_stream stream, const float *partials, int64_t count, float *sum) {
  return CAROUSEL_LAUNCH(add_partials, 1, sum_threads, 0, stream, partials, count, sum);
}

constexpr int across = 32;
constexpr int down = 8;

// Column sums of `chunk` rows a block: out[blockIdx.y] <- beta * out[blockIdx.y] + sums, in rows of `columns`.
template <class T, int N>
__global__ void __launch_bounds__(across *down)
    sum_columns(int64_t rows, int64_t columns, int64_t chunk, View<T> x, float beta, float *out) {
  __shared__ float parts[down][across * N];
  int64_t column = (static_cast<int64_t>(blockIdx.x) * across + threadIdx.x) * N;
  int64_t first = blockIdx.y * chunk;
  int64_t end = first + chunk < rows ? first + chunk : rows;
  Reals<N> sum = {};
  if (column < columns) {
    for (int64_t row = first + threadIdx.y; row < end; row += down) {
      Reals<N> term = load<N>(x.at(row, column));
      CAROUSEL_UNROLL
      for (int k = 0; k < N; k++) {
        sum[k] += term[k];
      }
    }
  }
  CAROUSEL_UNROLL
  for (int k = 0; k < N; k++) {
    parts[threadIdx.y][threadIdx.x * N + k] = sum[k];
  }
  __syncthreads();
  if (threadIdx.y == 0 && column < columns) {
    float *to = out + blockIdx.y * columns + column;
    Reals<N> total = beta == 0 ? Reals<N>{} : load<N>(to);
    for (int part = 0; part < down; part++) {
      CAROUSEL_UNROLL
      for (int k = 0; k < N; k++) {
        total[k] += parts[part][threadIdx.x * N + k];
      }
    }
    store<N>(to, total);
  }
}

template <class T, int N>
carousel_status launch_sum_columns(carousel_stream stream, int64_t rows, int64_t columns, int64_t chunks, View<T> x,
                                   float beta, float *out) {
  constexpr int64_t width = across * N;
  dim3 grid(static_cast<unsigned>((columns + width - 1) / width), static_cast<unsigned>(chunks));
  return CAROUSEL_LAUNCH((sum_columns<T, N>), grid, dim3(across, down), 0, stream, rows, columns,
                         (rows + chunks - 1) / chunks, x, beta, out);
}

template <class T, int N>
carousel_status sum_rows(carousel_stream stream, int64_t rows, int64_t columns, View<T> x, float beta, float *sum,
                         float *scratch) {
  constexpr int64_t chunk = 64;
  constexpr int64_t most_chunks = 128;
  int64_t fitting = std::max<int64_t>(scratch_floats / columns, 1);
  int64_t chunks = std::min({(rows + chunk - 1) / chunk, most_chunks, fitting});
  if (chunks <= 1) {
    return launch_sum_columns<T, N>(stream, rows, columns, 1, x, beta, sum);
  }
  carousel_status status = launch_sum_columns<T, N>(stream, rows, columns, chunks, x, 0, scratch);
  return status != CAROUSEL_OK ? status
                               : launch_sum_columns<float, N>(stream, chunks, columns, 1, View<float>{scratch, columns},
                                                              beta, sum);
}

}  // namespace carousel

using namespace carousel;

carousel_status carousel_sum_rows(carousel_stream stream, carousel_type type, int32_t rows, int32_t columns,
                                  carousel_view x, float beta, float *sum, void *scratch) {
  return with_real(type, [&](auto zero) {
    using T = decltype(zero);
    Arguments given(rows, columns);
    Arguments result(1, columns);
    given.require(beta == 0 || beta == 1);
    View<T> from = given.matrix<T>(x);
    float *partials = given.vector(static_cast<float *>(scratch));
    float *to = result.vector(sum);
    given.require(result.status() == CAROUSEL_OK);
    if (given.status() != CAROUSEL_OK || columns == 0) {
      return given.status();
    }
    if (given.in_lanes() && result.in_lanes() && columns % lanes == 0) {
      return sum_rows<T, lanes>(stream, rows, columns, from, beta, to, partials);
    }
    return sum_rows<T, 1>(stream, rows, columns, from, beta, to, partials);
  });
}
