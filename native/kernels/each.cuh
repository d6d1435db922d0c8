// Element-wise work on [rows, columns]: a body says what happens to N neighbouring elements of a row.
#pragma once

#include <algorithm>
#include <type_traits>

#include "arguments.cuh"

namespace carousel {

constexpr int each_threads = 128;

// Threads lie along columns first, N columns each; blocks walk down the rows.
template <int N, class Body>
__global__ void __launch_bounds__(each_threads) each(int64_t rows, int64_t columns, Body body) {
  int64_t column = (static_cast<int64_t>(blockIdx.x) * blockDim.x + threadIdx.x) * N;
  if (column >= columns) {
    return;
  }
  int64_t step = static_cast<int64_t>(gridDim.y) * blockDim.y;
  for (int64_t row = static_cast<int64_t>(blockIdx.y) * blockDim.y + threadIdx.y; row < rows; row += step) {
    if (N == 1 || column + N <= columns) {
      body.template run<N>(row, column);
    } else {
      for (int64_t tail = column; tail < columns; tail++) {
        body.template run<1>(row, tail);
      }
    }
  }
}

template <int N, class Body>
carousel_status launch_each(carousel_stream stream, int64_t rows, int64_t columns, const Body &body) {
  constexpr int64_t most_blocks_down = 65535;
  int64_t across = (columns + N - 1) / N;
  unsigned width = 1;
  while (width < across && width < each_threads) {
    width *= 2;
  }
  unsigned height = each_threads / width;
  dim3 block(width, height);
  dim3 grid(static_cast<unsigned>((across + width - 1) / width),
            static_cast<unsigned>(std::min((rows + height - 1) / height, most_blocks_down)));
  return CAROUSEL_LAUNCH((each<N, Body>), grid, block, 0, stream, rows, columns, body);
}

// Enqueues body.run<N>(row, column) for all elements, after the arguments that it was made of were checked.
template <class Body>
carousel_status for_each(carousel_stream stream, const Arguments &arguments, const Body &body) {
  static_assert(std::is_trivially_copyable<Body>::value, "a body travels to the device as bytes");
  if (arguments.status() != CAROUSEL_OK || arguments.empty()) {
    return arguments.status();
  }
  if (arguments.in_lanes()) {
    return launch_each<lanes>(stream, arguments.rows, arguments.columns, body);
  }
  return launch_each<1>(stream, arguments.rows, arguments.columns, body);
}

}  // namespace carousel
