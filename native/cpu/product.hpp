// c <- alpha · a·bᵀ + beta · c, each element in one order whatever tile it is in; k alone decides in which. Where k is large,
// registers run along k and nothing is packed, so that a single row costs one pass over b. Where k is small, adding up
// their lanes would cost more than the product: there registers run along n, and b is turned round on the way.
#pragma once

#include <algorithm>

#include "tile.hpp"

namespace ISA {

struct Product {
  int64_t m, n, k;
  float alpha;
  const float *a;
  int64_t a_stride;
  const float *b;
  int64_t b_stride;
  float beta;
  float *c;
  int64_t c_stride;
};

constexpr int DOTS = 4; // columns of a tile: their sums leave the registers together

template <int ROWS, typename Load>
INLINE void add_terms(Vector (&sum)[ROWS][DOTS], const float *a, int64_t a_stride, const float *const (&b)[DOTS], int64_t k,
                      Load load_terms) {
  Vector x[ROWS];
#pragma GCC unroll 6
  for (int r = 0; r < ROWS; r++) {
    x[r] = load_terms(a + r * a_stride + k);
  }
#pragma GCC unroll 4
  for (int v = 0; v < DOTS; v++) {
    Vector w = load_terms(b[v] + k);
#pragma GCC unroll 6
    for (int r = 0; r < ROWS; r++) {
      sum[r][v] = fma(x[r], w, sum[r][v]);
    }
  }
}

// c[0 … count) <- alpha · sum + beta · c
INLINE void put(__m128 sum, float alpha, float beta, float *c, int64_t count) {
  sum = _mm_mul_ps(_mm_set1_ps(alpha), sum);
  if (count < DOTS) {
    const __m128i some = _mm_cmpgt_epi32(_mm_set1_epi32((int)count), _mm_setr_epi32(0, 1, 2, 3));
    if (beta != 0) {
      sum = _mm_fmadd_ps(_mm_set1_ps(beta), _mm_maskload_ps(c, some), sum);
    }
    _mm_maskstore_ps(c, some, sum);
  } else {
    if (beta != 0) {
      sum = _mm_fmadd_ps(_mm_set1_ps(beta), _mm_loadu_ps(c), sum);
    }
    _mm_storeu_ps(c, sum);
  }
}

// The elements [row, row + ROWS) × [column, column + DOTS), as far as there are columns.
template <int ROWS> void dots(const Product &p, int64_t row, int64_t column) {
  const float *a = p.a + row * p.a_stride;
  const float *b[DOTS];
#pragma GCC unroll 4
  for (int v = 0; v < DOTS; v++) { // past the last column it stands in for the others
    b[v] = p.b + std::min(column + v, p.n - 1) * p.b_stride;
  }
  Vector sum[ROWS][DOTS];
#pragma GCC unroll 6
  for (int r = 0; r < ROWS; r++) {
#pragma GCC unroll 4
    for (int v = 0; v < DOTS; v++) {
      sum[r][v] = all(0.0f);
    }
  }
  int64_t k = 0;
  for (; k + V <= p.k; k += V) {
    add_terms(sum, a, p.a_stride, b, k, [](const float *from) { return load(from); });
  }
  if (k < p.k) {
    const int64_t rest = p.k - k;
    add_terms(sum, a, p.a_stride, b, k, [=](const float *from) { return load_part(from, rest); });
  }
  const int64_t count = std::min<int64_t>(DOTS, p.n - column);
#pragma GCC unroll 6
  for (int r = 0; r < ROWS; r++) {
    put(totals(sum[r][0], sum[r][1], sum[r][2], sum[r][3]), p.alpha, p.beta, p.c + (row + r) * p.c_stride + column, count);
  }
}

constexpr int64_t SMALL_K = 16; // a multiple of V

// The terms of V columns from `column` on: panel[k][0 … V), rows of a panel of PANEL columns.
INLINE void turn_round(const Product &p, int64_t column, float *panel) {
  for (int64_t k = 0; k < p.k; k += V) {
    const int64_t terms = std::min<int64_t>(V, p.k - k);
    Vector w[V];
#pragma GCC unroll 16
    for (int v = 0; v < V; v++) {
      w[v] = load_part(p.b + std::min(column + v, p.n - 1) * p.b_stride + k, terms);
    }
    transpose(w);
#pragma GCC unroll 16
    for (int t = 0; t < V; t++) {
      store(panel + (k + t) * PANEL, w[t]);
    }
  }
}

inline void multiply_small(const Product &p) {
  const Tiles tiles(p.m);
  for (int64_t column = 0; column < p.n; column += PANEL) {
    const int64_t width = std::min(PANEL, p.n - column), vectors = pieces(width, V);
    alignas(64) float panel[SMALL_K * PANEL], tile[TILE_ROWS * PANEL];
    for (int64_t v = 0; v < vectors; v++) {
      turn_round(p, column + v * V, panel + v * V);
    }
    for (int64_t i = 0; i < tiles.count; i++) {
      const int64_t row = tiles.start(i), rows = tiles.start(i + 1) - row;
      multiply_of(rows, (int)vectors)(tile, ZERO, {p.a + row * p.a_stride, p.a_stride, 1, panel, PANEL, p.k});
      for (int64_t r = 0; r < rows; r++) {
        float *c = p.c + (row + r) * p.c_stride + column;
        for (int64_t from = 0; from < width; from += V) {
          const int64_t count = std::min<int64_t>(V, width - from);
          Vector sum = mul(all(p.alpha), load(tile + r * PANEL + from));
          if (p.beta != 0) {
            sum = fma(all(p.beta), count == V ? load(c + from) : load_part(c + from, count), sum);
          }
          if (count == V) {
            store(c + from, sum);
          } else {
            store_part(c + from, sum, count);
          }
        }
      }
    }
  }
}

inline void multiply_transposed(const Product &p) {
  if (p.k <= SMALL_K) {
    multiply_small(p);
    return;
  }
  constexpr int64_t CACHED = 1 << 15; // floats of a that stay at hand while all of b goes by
  const int64_t block = std::max<int64_t>(1, CACHED / p.k / TILE_ROWS) * TILE_ROWS;
  for (int64_t first = 0; first < p.m; first += block) {
    const Tiles tiles(std::min(block, p.m - first));
    for (int64_t column = 0; column < p.n; column += DOTS) {
      for (int64_t i = 0; i < tiles.count; i++) {
        const int64_t row = tiles.start(i);
        with_rows(tiles.start(i + 1) - row,
                  [&](auto products) { dots<decltype(products)::HEIGHT>(p, first + row, column); });
      }
    }
  }
}

} // namespace ISA
