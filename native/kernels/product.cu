// Row-invariant products: a block forms a tile of c from slices of op(a) and op(b) in shared memory. An element is one
// chain of fused multiply-adds in rising order of k, so that its bits do not depend on the tile that it is in.
#include "carousel/product.h"

#include <algorithm>

#include "arguments.cuh"

namespace carousel {

constexpr int side = 16;                  // threads lie side x side
constexpr int product_threads = side * side;
constexpr int tile_columns = 4 * side;    // 4 for each thread
constexpr int depth = 32;                 // terms of a slice

// A factor as its sums see it: element (i, p) is the p-th term in row i of op(a), or in column i of op(b).
template <class T>
struct Factor {
  const T *data;
  int64_t step, term_step;
  int64_t distance;

  __device__ float at(int64_t i, int64_t p) const { return to_float(data[i * step + p * term_step]); }
};

// slice[p][i] <- element (first + i, from + p), 0 where there is none; neighbouring threads read neighbouring memory.
template <int WIDTH, class T>
__device__ void load_slice(float (&slice)[depth][WIDTH + 1], const Factor<T> &x, int64_t first, int64_t count,
                           int64_t from, int64_t terms) {
  bool along_terms = x.term_step == 1;
  for (int e = threadIdx.x; e < WIDTH * depth; e += product_threads) {
    int i = along_terms ? e / depth : e % WIDTH;
    int p = along_terms ? e % depth : e / WIDTH;
    slice[p][i] = first + i < count && from + p < terms ? x.at(first + i, from + p) : 0.0f;
  }
}

// ROWS rows and 4 columns for each thread.
template <class T, class R, int ROWS>
__global__ void __launch_bounds__(product_threads)
    row_invariant_product(int64_t count, int64_t m, int64_t n, int64_t k, float alpha, Factor<T> a, Factor<T> b,
                          float beta, View<R> c, int64_t c_distance) {
  __shared__ float a_slice[depth][ROWS * side + 1];
  __shared__ float b_slice[depth][tile_columns + 1];
  int64_t across = (n + tile_columns - 1) / tile_columns;
  int64_t first_row = blockIdx.x / across * (ROWS * side);
  int64_t first_column = blockIdx.x % across * tile_columns;
  int x = threadIdx.x % side;
  int y = threadIdx.x / side;
  for (int64_t item = blockIdx.y; item < count; item += gridDim.y) {
    Factor<T> a_item{a.data + item * a.distance, a.step, a.term_step, 0};
    Factor<T> b_item{b.data + item * b.distance, b.step, b.term_step, 0};
    float sum[ROWS][4] = {};
    for (int64_t from = 0; from < k; from += depth) {
      __syncthreads();
      load_slice<ROWS * side>(a_slice, a_item, first_row, m, from, k);
      load_slice<tile_columns>(b_slice, b_item, first_column, n, from, k);
      __syncthreads();
      int terms = static_cast<int>(k - from < depth ? k - from : depth);
      for (int p = 0; p < terms; p++) {
        CAROUSEL_UNROLL
        for (int r = 0; r < ROWS; r++) {
          CAROUSEL_UNROLL
          for (int v = 0; v < 4; v++) {
            sum[r][v] = fmaf(a_slice[p][y + r * side], b_slice[p][x + v * side], sum[r][v]);
          }
        }
      }
    }
    for (int r = 0; r < ROWS; r++) {
      for (int v = 0; v < 4; v++) {
        int64_t row = first_row + y + r * side;
        int64_t column = first_column + x + v * side;
        if (row < m && column < n) {
          R *to = c.at(row, column) + item * c_distance;
          float product = alpha * sum[r][v];
          set(*to, beta == 0 ? product : fmaf(beta, to_float(*to), product));
        }
      }
    }
  }
}

template <class T, class R, int ROWS>
carousel_status launch_product(carousel_stream stream, const carousel_product_shape &shape, float alpha, Factor<T> a,
                               Factor<T> b, float beta, View<R> c, int64_t c_distance) {
  constexpr int64_t most_items = 65535;
  int64_t m = shape.m, n = shape.n, count = shape.count;
  int64_t tiles = (m + ROWS * side - 1) / (ROWS * side) * ((n + tile_columns - 1) / tile_columns);
  dim3 grid(static_cast<unsigned>(tiles), static_cast<unsigned>(std::min(count, most_items)));
  return CAROUSEL_LAUNCH((row_invariant_product<T, R, ROWS>), grid, product_threads, 0, stream, count, m, n,
                         static_cast<int64_t>(shape.k), alpha, a, b, beta, c, c_distance);
}

// A factor stored as [rows, columns], whose terms lie along the rows or down the columns.
template <class T>
Factor<T> factor(Arguments &given, int32_t rows, int32_t columns, carousel_batch x, bool terms_along_rows) {
  Arguments of_factor(rows, columns);
  View<T> view = of_factor.matrix<T>({x.data, x.stride});
  given.require(of_factor.status() == CAROUSEL_OK);
  return terms_along_rows ? Factor<T>{view.data, view.stride, 1, x.distance}
                          : Factor<T>{view.data, 1, view.stride, x.distance};
}

template <class T, class R>
carousel_status product(carousel_stream stream, const carousel_product_shape &shape, float alpha, carousel_batch a,
                        carousel_batch b, float beta, carousel_batch c) {
  Arguments given(shape.m, shape.n);
  given.require(shape.count >= 0 && shape.k >= 0);
  if (given.status() != CAROUSEL_OK || given.empty() || shape.count == 0) {
    return given.status();
  }
  bool ta = shape.transpose_a != 0, tb = shape.transpose_b != 0;
  Factor<T> first = factor<T>(given, ta ? shape.k : shape.m, ta ? shape.m : shape.k, a, !ta);
  Factor<T> second = factor<T>(given, tb ? shape.n : shape.k, tb ? shape.k : shape.n, b, tb);
  View<R> result = given.matrix<R>({c.data, c.stride});
  if (given.status() != CAROUSEL_OK) {
    return given.status();
  }
  auto launch = shape.m <= side ? launch_product<T, R, 1> : launch_product<T, R, 4>;
  return launch(stream, shape, alpha, first, second, beta, result, c.distance);
}

}  // namespace carousel

using namespace carousel;

carousel_status carousel_row_invariant_product(carousel_stream stream, carousel_type operand_type,
                                               carousel_type result_type, carousel_product_shape shape, float alpha,
                                               carousel_batch a, carousel_batch b, float beta, carousel_batch c) {
  return with_real(operand_type, [&](auto zero) {
    using T = decltype(zero);
    if (result_type == CAROUSEL_F32) {
      return product<T, float>(stream, shape, alpha, a, b, beta, c);
    }
    return result_type == operand_type ? product<T, T>(stream, shape, alpha, a, b, beta, c) : CAROUSEL_INVALID_ARGUMENT;
  });
}
