// The one product that everything is made of: a tile of up to TILE_ROWS rows and 4 vectors in registers,
//   tile[r][v] += Σ a[r, k] · b[k, v],
// each element one sum over k in rising order, whatever the number of rows: that is what makes results independent of
// neighbours, chunks and threads.
#pragma once

#include "vector.hpp"

namespace ISA {

constexpr int64_t PANEL = 4 * V;

// Terms of the sum: `runs` runs of `count` values of k. a(r, k) lies at a[r · a_row + k · a_step], the next run a_jump on;
// b(k, ·) at b[k · b_step], runs one after the other.
struct Terms {
  const float *a;
  int64_t a_row, a_step;
  const float *b;
  int64_t b_step;
  int64_t count;
  int64_t runs = 1, a_jump = 0;
};

template <int ROWS, int VECTORS, bool ADJACENT> INLINE void accumulate(Vector (&sum)[ROWS][VECTORS], const Terms &t) {
  const float *b = t.b;
  const int64_t b_step = t.b_step;
  const int64_t a_row = t.a_row, a_step = ADJACENT ? 1 : t.a_step;
  for (int64_t run = 0; run < t.runs; run++) {
    const float *a = t.a + run * t.a_jump;
    if (run + 1 < t.runs) { // too far for the processor to foresee
      for (int64_t i = 0; i < ROWS * PANEL; i += 16) {
        __builtin_prefetch(a + t.a_jump + i);
      }
    }
#pragma GCC unroll 4
    for (int64_t k = 0; k < t.count; k++) {
      Vector w[VECTORS];
#pragma GCC unroll 4
      for (int v = 0; v < VECTORS; v++) {
        w[v] = load(b + v * V);
      }
#pragma GCC unroll 6
      for (int r = 0; r < ROWS; r++) {
        Vector x = all(a[r * a_row]);
#pragma GCC unroll 4
        for (int v = 0; v < VECTORS; v++) {
          sum[r][v] = fma(x, w[v], sum[r][v]);
        }
      }
      a += a_step;
      b += b_step;
    }
  }
}

// Where sums start from: rows that lie `row` apart, 0 for the same one.
struct Initial {
  const float *from;
  int64_t row;
};

alignas(64) constexpr float ZEROS[PANEL] = {};
constexpr Initial ZERO = {ZEROS, 0};

// tile: [ROWS][PANEL], from the vector on that it points to; initial values and all terms.
template <int ROWS, int VECTORS> void multiply(float *tile, const Initial &initial, const Terms *terms, int n) {
  Vector sum[ROWS][VECTORS];
#pragma GCC unroll 6
  for (int r = 0; r < ROWS; r++) {
#pragma GCC unroll 4
    for (int v = 0; v < VECTORS; v++) {
      sum[r][v] = load(initial.from + r * initial.row + v * V);
    }
  }
  for (int i = 0; i < n; i++) {
    if (terms[i].a_step == 1) {
      accumulate<ROWS, VECTORS, true>(sum, terms[i]);
    } else {
      accumulate<ROWS, VECTORS, false>(sum, terms[i]);
    }
  }
#pragma GCC unroll 6
  for (int r = 0; r < ROWS; r++) {
#pragma GCC unroll 4
    for (int v = 0; v < VECTORS; v++) {
      store(tile + r * PANEL + v * V, sum[r][v]);
    }
  }
}

using Multiply = void (*)(float *, const Initial &, const Terms *, int);

template <int ROWS> Multiply with_vectors(int vectors) {
  constexpr Multiply all_widths[] = {multiply<ROWS, 1>, multiply<ROWS, 2>, multiply<ROWS, 3>, multiply<ROWS, 4>};
  return all_widths[vectors - 1];
}

// The product for a tile of that many rows (1 … TILE_ROWS) and vectors (1 … 4).
inline Multiply multiply_of(int64_t rows, int vectors) {
  switch (rows) {
  case 1:
    return with_vectors<1>(vectors);
  case 2:
    return with_vectors<2>(vectors);
#ifdef __AVX512F__
  case 3:
    return with_vectors<3>(vectors);
  case 4:
    return with_vectors<4>(vectors);
  case 5:
    return with_vectors<5>(vectors);
#endif
  default:
    return with_vectors<TILE_ROWS>(vectors);
  }
}

// Cuts n rows into tiles of nearly equal height.
struct Tiles {
  int64_t rows, count;
  explicit Tiles(int64_t n) : rows(n), count((n + TILE_ROWS - 1) / TILE_ROWS) {}
  int64_t start(int64_t i) const { return rows * i / count; }
};

} // namespace ISA
