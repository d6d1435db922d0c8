// Sums in an order that depends on the shape only: each block adds up its fixed share and leaves a partial sum in the
// caller's scratch memory, then one block adds up the partial sums.
#pragma once

#include <algorithm>

#include "arguments.cuh"

namespace carousel {

constexpr int sum_threads = 256;
constexpr int64_t most_partials = 1024;
constexpr int64_t scratch_floats = CAROUSEL_SCRATCH_BYTES / sizeof(float);

struct Add {
  __device__ static float of(float a, float b) { return a + b; }
};

struct Maximum {
  __device__ static float of(float a, float b) { return a > b || a != a ? a : b; }
};

// Combines the numbers of THREADS neighbouring threads, 32 or the whole block; all of them get the result.
template <class Operation, int THREADS>
__device__ float combine(float x) {
  CAROUSEL_UNROLL
  for (int mask = 16; mask > 0; mask /= 2) {
    x = Operation::of(x, __shfl_xor_sync(~0u, x, mask));
  }
  if (THREADS > 32) {
    __shared__ float warps[THREADS / 32];
    __syncthreads();
    if (threadIdx.x % 32 == 0) {
      warps[threadIdx.x / 32] = x;
    }
    __syncthreads();
    x = warps[0];
    for (int w = 1; w < THREADS / 32; w++) {
      x = Operation::of(x, warps[w]);
    }
  }
  return x;
}

// Each block adds up body.run<N>(row, column) over its share of the elements.
template <int N, class Body>
__global__ void __launch_bounds__(sum_threads) sum_shares(int64_t rows, int64_t columns, Body body, float *partials) {
  int64_t across = columns / N;
  int64_t step = static_cast<int64_t>(gridDim.x) * sum_threads;
  float sum = 0;
  int64_t first = static_cast<int64_t>(blockIdx.x) * sum_threads + threadIdx.x;
  for (int64_t item = first; item < rows * across; item += step) {
    int64_t row = item / across;
    sum += body.template run<N>(row, (item - row * across) * N);
  }
  sum = combine<Add, sum_threads>(sum);
  if (threadIdx.x == 0) {
    partials[blockIdx.x] = sum;
  }
}

// Enqueues *sum += partials[0] + ... + partials[count - 1].
carousel_status sum_partials(carousel_stream stream, const float *partials, int64_t count, float *sum);

template <int N, class Body>
carousel_status launch_sum(carousel_stream stream, const Arguments &arguments, const Body &body, float *sum,
                           float *partials) {
  constexpr int64_t share = sum_threads * 16;
  int64_t size = arguments.rows * arguments.columns;
  int64_t blocks = std::min((size + share - 1) / share, most_partials);
  carousel_status status = CAROUSEL_LAUNCH((sum_shares<N, Body>), static_cast<unsigned>(blocks), sum_threads, 0,
                                           stream, arguments.rows, arguments.columns, body, partials);
  return status != CAROUSEL_OK ? status : sum_partials(stream, partials, blocks, sum);
}

// Enqueues *sum += body.run<N>(row, column) over all elements, after the arguments that it was made of were checked.
template <class Body>
carousel_status sum_each(carousel_stream stream, Arguments &arguments, const Body &body, float *sum, void *scratch) {
  float *total = arguments.pointer(sum);
  float *partials = arguments.pointer(static_cast<float *>(scratch));
  if (arguments.status() != CAROUSEL_OK || arguments.empty()) {
    return arguments.status();
  }
  if (arguments.in_lanes() && arguments.columns % lanes == 0) {
    return launch_sum<lanes>(stream, arguments, body, total, partials);
  }
  return launch_sum<1>(stream, arguments, body, total, partials);
}

}  // namespace carousel
