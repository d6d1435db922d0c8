// The one product that everything is made of: a tile of up to TILE_ROWS rows and 4 vectors in registers,
//   tile[r][v] += Σ a[r, k] · b[k, v],
// each element one sum over k in rising order, whatever the number of rows: that is what makes results independent of
// neighbours, chunks and threads.
#pragma once

#include "vector.hpp"

namespace ISA {

constexpr int64_t PANEL = 4 * V;

INLINE int64_t pieces(int64_t n, int64_t size) { return (n + size - 1) / size; }

// Terms of the sum: `runs` runs of `count` values of k. a(r, k) lies at a[r · a_row + k · a_step], the next run a_jump on;
// b(k, ·) at b[k · b_step], runs one after the other.
struct Terms {
  const float *a;
  int64_t a_row, a_step;
  const float *b;
  int64_t b_step;
  int64_t count;
  int64_t runs = 1, a_jump = 0;
  // what will be read soon: asked for on the way, so many floats for each k
  const float *ahead = nullptr;
  int64_t ahead_step = 0;

  // Asks for [from, from + size): of which this is tile i of n.
  void ask_for(const float *from, int64_t size, int64_t i, int64_t n) {
    ahead_step = pieces(size, n * runs * count);
    ahead = from + i * ahead_step * runs * count;
  }
};

// Adds the terms to COUNT vectors of each row's sums, from FIRST on.
template <bool ADJACENT, int FIRST, int COUNT, int ROWS, int VECTORS>
INLINE void accumulate(Vector (&sum)[ROWS][VECTORS], const Terms &t) {
  const float *b = t.b;
  const int64_t b_step = t.b_step;
  const int64_t a_row = t.a_row, a_step = ADJACENT ? 1 : t.a_step;
  const float *ahead = t.ahead ? t.ahead : b;
  for (int64_t run = 0; run < t.runs; run++) {
    const float *a = t.a + run * t.a_jump;
    if (run + 1 < t.runs) { // too far for the processor to foresee
      for (int64_t i = 0; i < ROWS * PANEL; i += 16) {
        __builtin_prefetch(a + t.a_jump + i);
      }
    }
#pragma GCC unroll 4
    for (int64_t k = 0; k < t.count; k++) {
      Vector w[COUNT];
#pragma GCC unroll 4
      for (int v = 0; v < COUNT; v++) {
        w[v] = load(b + v * V);
      }
#pragma GCC unroll 6
      for (int r = 0; r < ROWS; r++) {
        Vector x = all(a[r * a_row]);
#pragma GCC unroll 4
        for (int v = 0; v < COUNT; v++) {
          sum[r][FIRST + v] = fma(x, w[v], sum[r][FIRST + v]);
        }
      }
      __builtin_prefetch(ahead, 0, 2); // into the second-level cache
      ahead += t.ahead_step;
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

template <int ROWS, int VECTORS> INLINE void begin(Vector (&sum)[ROWS][VECTORS], const Initial &initial) {
#pragma GCC unroll 6
  for (int r = 0; r < ROWS; r++) {
#pragma GCC unroll 4
    for (int v = 0; v < VECTORS; v++) {
      sum[r][v] = load(initial.from + r * initial.row + v * V);
    }
  }
}

template <int ROWS, int VECTORS> INLINE void end(const Vector (&sum)[ROWS][VECTORS], float *tile) {
#pragma GCC unroll 6
  for (int r = 0; r < ROWS; r++) {
#pragma GCC unroll 4
    for (int v = 0; v < VECTORS; v++) {
      store(tile + r * PANEL + v * V, sum[r][v]);
    }
  }
}

// tile: [ROWS][PANEL], from the vector on that it points to.
template <int ROWS, int VECTORS> void multiply(float *tile, const Initial &initial, const Terms &terms) {
  Vector sum[ROWS][VECTORS];
  begin(sum, initial);
  if (terms.a_step == 1) {
    accumulate<true, 0, VECTORS>(sum, terms);
  } else {
    accumulate<false, 0, VECTORS>(sum, terms);
  }
  end(sum, tile);
}

// The same for the inputs and then the states of a step; of a GRU the first vector has no term of the states, the last none
// of the inputs.
template <int ROWS, bool GRU> void multiply_step(float *tile, const Initial &initial, const Terms &inputs, const Terms &states) {
  Vector sum[ROWS][4];
  begin(sum, initial);
  accumulate<true, 0, GRU ? 3 : 4>(sum, inputs);
  accumulate<true, GRU ? 1 : 0, GRU ? 3 : 4>(sum, states);
  end(sum, tile);
}

using Multiply = void (*)(float *, const Initial &, const Terms &);
using MultiplyStep = void (*)(float *, const Initial &, const Terms &, const Terms &);

template <int ROWS> struct Products {
  static constexpr int HEIGHT = ROWS;
  static constexpr Multiply BY_VECTORS[] = {multiply<ROWS, 1>, multiply<ROWS, 2>, multiply<ROWS, 3>, multiply<ROWS, 4>};
  static Multiply of(int vectors) { return BY_VECTORS[vectors - 1]; }
  static MultiplyStep of_step(bool gru) { return gru ? multiply_step<ROWS, true> : multiply_step<ROWS, false>; }
};

// Chooses among the products for a tile of that many rows, 1 … TILE_ROWS.
template <typename Use> INLINE auto with_rows(int64_t rows, Use use) {
  switch (rows) {
  case 1:
    return use(Products<1>());
  case 2:
    return use(Products<2>());
#ifdef __AVX512F__
  case 3:
    return use(Products<3>());
  case 4:
    return use(Products<4>());
  case 5:
    return use(Products<5>());
#endif
  default:
    return use(Products<TILE_ROWS>());
  }
}

// The product for a tile of that many rows and vectors (1 … 4).
inline Multiply multiply_of(int64_t rows, int vectors) {
  return with_rows(rows, [=](auto products) { return products.of(vectors); });
}

inline MultiplyStep multiply_step_of(int64_t rows, bool gru) {
  return with_rows(rows, [=](auto products) { return products.of_step(gru); });
}

// Cuts n rows into tiles of nearly equal height.
struct Tiles {
  int64_t rows, count;
  explicit Tiles(int64_t n) : rows(n), count((n + TILE_ROWS - 1) / TILE_ROWS) {}
  int64_t start(int64_t i) const { return rows * i / count; }
};

} // namespace ISA
