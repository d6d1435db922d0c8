// Products of the persistent kernels: weights in registers times rows in shared memory.
#pragma once

#include <cstring>

#include "persistent_layout.cuh"
#include "views.cuh"

namespace carousel {

// A 16-bit pair or a TF32 number as a lane of a fragment holds it.
template <class T>
__device__ uint32_t pair_of(T low, T high) {
  uint16_t halves[2];
  memcpy(&halves[0], &low, sizeof low);
  memcpy(&halves[1], &high, sizeof high);
  return static_cast<uint32_t>(halves[1]) << 16 | halves[0];
}

// Element (output, term) of the slice of the weights that a block owns; 0 beyond its ends. Forward: output m is unit
// m % U in gate m / U, terms are units. Backward: output m is unit m, terms are the rows of W_hh.
template <class T, bool BACKWARD>
struct Slice {
  View<T> weight;
  int units, gates, block_units, first_unit;

  __device__ T at(int output, int term) const {
    int unit = first_unit + (BACKWARD ? output : output % block_units);
    int gate = BACKWARD ? 0 : output / block_units;
    bool inside = unit < units && term < (BACKWARD ? gates * units : units) && gate < gates &&
                  (!BACKWARD || output < block_units);
    T value;
    set(value, 0.0f);
    if (inside) {
      value = BACKWARD ? *weight.at(term, unit) : *weight.at(static_cast<int64_t>(gate) * units + unit, term);
    }
    return value;
  }
};

// The weights of 16 * TILES outputs and DEPTH tiles of terms that a lane keeps, laid out as factors of mma.
template <int TILES, int DEPTH>
struct Weights {
  uint32_t part[TILES][DEPTH][4];
};

// What a warp makes of them and of 8 rows of terms, all of one format: sum[tile] as mma leaves it.
template <class Format, int TILES, int DEPTH>
struct Sums {
  using T = Stored<Format>;
  using Factor = T; // mma knows TF32 as float

  template <class Slice>
  __device__ static uint32_t weight(const Slice &slice, int output, int term, int half, int lane) {
    if constexpr (sizeof(T) == 4) {
      return to_tf32(slice.at(output, term + half * 4 + lane % 4));
    } else {
      int from = term + half * 8 + lane % 4 * 2;
      return pair_of(slice.at(output, from), slice.at(output, from + 1));
    }
  }

  __device__ static void run(const Weights<TILES, DEPTH> &weights, const T *terms, int stride, float (&sum)[TILES][4]) {
    int lane = threadIdx.x % 32;
    const T *row = terms + lane / 4 * stride + (sizeof(T) == 4 ? lane % 4 : lane % 4 * 2);
    CAROUSEL_UNROLL
    for (int k = 0; k < DEPTH; k++) {
      const T *tile_terms = row + k * mma_depth<T>;
      uint32_t factor[2] = {*reinterpret_cast<const uint32_t *>(tile_terms),
                            *reinterpret_cast<const uint32_t *>(tile_terms + mma_depth<T> / 2)};
      CAROUSEL_UNROLL
      for (int tile = 0; tile < TILES; tile++) {
        mma<Factor>(sum[tile], weights.part[tile][k], factor);
      }
    }
  }
};

// Float as it is, for which there are no tensor cores: a lane multiplies its weights with their terms of all 8 rows, and
// the four lanes that share outputs then add up.
template <int TILES, int DEPTH>
struct Sums<float, TILES, DEPTH> {
  template <class Slice>
  __device__ static uint32_t weight(const Slice &slice, int output, int term, int half, int lane) {
    return __float_as_uint(slice.at(output, term + half * 4 + lane % 4));
  }

  __device__ static void run(const Weights<TILES, DEPTH> &weights, const float *terms, int stride,
                             float (&sum)[TILES][4]) {
    int low = threadIdx.x % 4;
    float all[TILES][2][8] = {};
    CAROUSEL_UNROLL
    for (int k = 0; k < DEPTH; k++) {
      CAROUSEL_UNROLL
      for (int half = 0; half < 2; half++) {
        CAROUSEL_UNROLL
        for (int row = 0; row < 8; row++) {
          float term = terms[row * stride + k * mma_depth<float> + half * 4 + low];
          CAROUSEL_UNROLL
          for (int tile = 0; tile < TILES; tile++) {
            all[tile][0][row] = fmaf(__uint_as_float(weights.part[tile][k][2 * half]), term, all[tile][0][row]);
            all[tile][1][row] = fmaf(__uint_as_float(weights.part[tile][k][2 * half + 1]), term, all[tile][1][row]);
          }
        }
      }
    }
    CAROUSEL_UNROLL
    for (int tile = 0; tile < TILES; tile++) {
      CAROUSEL_UNROLL
      for (int upper = 0; upper < 2; upper++) {
        add_lanes(all[tile][upper], low, sum[tile][2 * upper], sum[tile][2 * upper + 1]);
      }
    }
  }

 private:
  // Rows 2 * low and 2 * low + 1 of what four lanes have of 8 rows each.
  __device__ static void add_lanes(const float (&row)[8], int low, float &first, float &second) {
    float kept[4];
    CAROUSEL_UNROLL
    for (int k = 0; k < 4; k++) {
      float given = low < 2 ? row[4 + k] : row[k];
      kept[k] = (low < 2 ? row[k] : row[4 + k]) + __shfl_xor_sync(~0u, given, 2);
    }
    bool odd = low % 2 != 0;
    first = (odd ? kept[2] : kept[0]) + __shfl_xor_sync(~0u, odd ? kept[0] : kept[2], 1);
    second = (odd ? kept[3] : kept[1]) + __shfl_xor_sync(~0u, odd ? kept[1] : kept[3], 1);
  }
};

// Sums of a block: [rows, terms] in shared memory times its slice, which stays in this object, in registers.
template <class Format, int TILES, int DEPTH>
class Product {
  using T = Stored<Format>;

 public:
  template <bool BACKWARD>
  __device__ Product(const Slice<T, BACKWARD> &slice, int outputs, int splits)
      : outputs_(outputs), stride_(exchange_stride<T>(splits, DEPTH) + row_padding<T>) {
    int across = (outputs + 16 * TILES - 1) / (16 * TILES);
    int warp = threadIdx.x / 32;
    split_ = warp / across;
    first_output_ = warp % across * (16 * TILES);
    works_ = split_ < splits;
    if (!works_) {
      return;
    }
    int lane = threadIdx.x % 32;
    CAROUSEL_UNROLL
    for (int tile = 0; tile < TILES; tile++) {
      CAROUSEL_UNROLL
      for (int k = 0; k < DEPTH; k++) {
        int output = first_output_ + tile * 16 + lane / 4;
        int term = (split_ * DEPTH + k) * mma_depth<T>;
        CAROUSEL_UNROLL
        for (int part = 0; part < 4; part++) {
          weights_.part[tile][k][part] =
              Sums<Format, TILES, DEPTH>::weight(slice, output + part % 2 * 8, term, part / 2, lane);
        }
      }
    }
  }

  // partial[split][row][output] for rows [0, rows): what each split contributes.
  __device__ void run(const T *operand, int rows, float *partial, int partial_rows) const {
    if (!works_) {
      return;
    }
    int lane = threadIdx.x % 32;
    int sum_stride = outputs_ + sum_padding;
    for (int row = 0; row < rows; row += 8) {
      float sum[TILES][4] = {};
      Sums<Format, TILES, DEPTH>::run(weights_, operand + row * stride_ + split_ * DEPTH * mma_depth<T>, stride_, sum);
      float *to = partial + (split_ * partial_rows + row + lane % 4 * 2) * sum_stride;
      CAROUSEL_UNROLL
      for (int tile = 0; tile < TILES; tile++) {
        int output = first_output_ + tile * 16 + lane / 4;
        if (output < outputs_) { // outputs are a multiple of 16: whole tiles are in or out
          to[output] = sum[tile][0];
          to[sum_stride + output] = sum[tile][1];
          to[output + 8] = sum[tile][2];
          to[sum_stride + output + 8] = sum[tile][3];
        }
      }
    }
  }

 private:
  Weights<TILES, DEPTH> weights_;
  int outputs_;
  int stride_;
  int split_;
  int first_output_;
  bool works_;
};

// The shared memory of a block.
template <class T>
struct Shared {
  float *own;     // [2][group rows][block units]: the block's states, or their gradients
  T *operand;     // [chunk rows][terms + padding], beyond the terms zeros; in a cluster twice
  float *partial; // [splits][chunk rows][outputs + padding]
  T *staged;      // in a cluster, [rows][gates][block units]
  int operand_stride;
  int sum_stride;

  __device__ Shared(unsigned char *memory, const carousel_persistent_layout &layout, int terms, int outputs)
      : own(reinterpret_cast<float *>(memory)),
        operand(reinterpret_cast<T *>(own + 2 * layout.group_rows * layout.block_units)),
        partial(reinterpret_cast<float *>(operand + (layout.clusters != 0 ? cluster_halves : 1) * layout.chunk_rows *
                                                        (terms + row_padding<T>))),
        staged(reinterpret_cast<T *>(partial + layout.splits * layout.chunk_rows * (outputs + sum_padding))),
        operand_stride(terms + row_padding<T>),
        sum_stride(outputs + sum_padding) {}

  // The half that the step after `steps` steps reads.
  __device__ T *half(const carousel_persistent_layout &layout, uint32_t steps) const {
    return operand + steps % cluster_halves * static_cast<unsigned>(layout.chunk_rows * operand_stride);
  }

  __device__ float sum(const carousel_persistent_layout &layout, int row, int output) const {
    float sum = 0.0f;
    for (int split = 0; split < layout.splits; split++) {
      sum += partial[(split * layout.chunk_rows + row) * sum_stride + output];
    }
    return sum;
  }
};

// A number as products of that format take it.
template <class Format>
__device__ Stored<Format> as_factor(Stored<Format> x) {
  if constexpr (std::is_same<Format, Tf32>::value) {
    return __uint_as_float(to_tf32(x));
  } else {
    return x;
  }
}

// Rows of `from`, which other blocks wrote during this launch (never from the first-level cache), into shared memory;
// rows from `rows` to the next multiple of 8 stay as they are, their sums are not looked at.
template <class Format, class T>
__device__ void load_operand(const Shared<T> &shared, T *operand, View<T> from, int64_t first, int rows, int terms) {
  constexpr int width = 16 / sizeof(T);
  bool in_packs = terms % width == 0 && from.stride % width == 0 && reinterpret_cast<uintptr_t>(from.data) % 16 == 0;
  int across = in_packs ? terms / width : terms;
  for (int e = threadIdx.x; e < rows * across; e += persistent_threads) {
    int row = e / across;
    int term = e % across;
    T *to = operand + row * shared.operand_stride;
    if (in_packs) {
      union {
        uint4 bits;
        T element[width];
      } pack{};
      pack.bits = __ldcg(reinterpret_cast<const uint4 *>(from.at(first + row, term * width)));
      CAROUSEL_UNROLL
      for (int k = 0; k < width; k++) {
        pack.element[k] = as_factor<Format>(pack.element[k]);
      }
      *reinterpret_cast<uint4 *>(to + term * width) = pack.bits;
    } else {
      to[term] = as_factor<Format>(load_fresh(from.at(first + row, term)));
    }
  }
}

// Zeros what is beyond the terms of each row.
template <class T>
__device__ void clear_padding(const Shared<T> &shared, T *operand, int rows, int terms, int padded) {
  int across = padded - terms;
  for (int e = threadIdx.x; e < rows * across; e += persistent_threads) {
    set(operand[e / across * shared.operand_stride + terms + e % across], 0.0f);
  }
}

}  // namespace carousel
