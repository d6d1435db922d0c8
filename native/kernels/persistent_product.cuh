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

// Sums of a block: [rows, terms] in shared memory times its slice, whose fragments stay in this object, in registers.
template <class T, int TILES, int DEPTH>
class Product {
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
          weights_[tile][k][part] = element(slice, output + part % 2 * 8, term, part / 2, lane);
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
      const T *terms = operand + static_cast<int64_t>(row + lane / 4) * stride_ + split_ * DEPTH * mma_depth<T>;
      CAROUSEL_UNROLL
      for (int k = 0; k < DEPTH; k++) {
        uint32_t state[2] = {fragment(terms, k, 0, lane), fragment(terms, k, 1, lane)};
        CAROUSEL_UNROLL
        for (int tile = 0; tile < TILES; tile++) {
          mma<T>(sum[tile], weights_[tile][k], state);
        }
      }
      float *to = partial + (static_cast<int64_t>(split_) * partial_rows + row + lane % 4 * 2) * sum_stride;
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
  uint32_t weights_[TILES][DEPTH][4];
  int outputs_;
  int stride_;
  int split_;
  int first_output_;
  bool works_;

  template <bool BACKWARD>
  __device__ static uint32_t element(const Slice<T, BACKWARD> &slice, int output, int term, int half, int lane) {
    if constexpr (sizeof(T) == 4) {
      return to_tf32(slice.at(output, term + half * 4 + lane % 4));
    } else {
      int from = term + half * 8 + lane % 4 * 2;
      return pair_of(slice.at(output, from), slice.at(output, from + 1));
    }
  }

  __device__ static uint32_t fragment(const T *terms, int k, int half, int lane) {
    int in_bytes = sizeof(T) == 4 ? (half * 4 + lane % 4) * 4 : (half * 8 + lane % 4 * 2) * 2;
    const char *at = reinterpret_cast<const char *>(terms + k * mma_depth<T>) + in_bytes;
    return *reinterpret_cast<const uint32_t *>(at);
  }
};

// The shared memory of a block.
template <class T>
struct Shared {
  float *own;     // [2][group rows][block units]: the block's states, or their gradients
  T *operand;     // [chunk rows][terms + padding], beyond the terms zeros
  float *partial; // [splits][chunk rows][outputs + padding]
  int operand_stride;
  int sum_stride;

  __device__ Shared(unsigned char *memory, const carousel_persistent_layout &layout, int terms, int outputs)
      : own(reinterpret_cast<float *>(memory)),
        operand(reinterpret_cast<T *>(own + 2 * layout.group_rows * layout.block_units)),
        partial(reinterpret_cast<float *>(operand + layout.chunk_rows * (terms + row_padding<T>))),
        operand_stride(terms + row_padding<T>),
        sum_stride(outputs + sum_padding) {}

  __device__ float sum(const carousel_persistent_layout &layout, int row, int output) const {
    float sum = 0.0f;
    for (int split = 0; split < layout.splits; split++) {
      sum += partial[(split * layout.chunk_rows + row) * sum_stride + output];
    }
    return sum;
  }
};

// As a factor of TF32 products; 16-bit numbers are factors as they are.
__device__ inline float as_factor(float x) { return __uint_as_float(to_tf32(x)); }
__device__ inline __nv_bfloat16 as_factor(__nv_bfloat16 x) { return x; }
__device__ inline __half as_factor(__half x) { return x; }

// Reads what other blocks wrote during this launch: never from the first-level cache.
template <class T>
__device__ T load_fresh(const T *from) {
  return __ldcg(from);
}

// Rows of `from` into shared memory, [rows, terms]; rows from `rows` to the next multiple of 8 stay as they are, their
// sums are not looked at.
template <class T>
__device__ void load_operand(const Shared<T> &shared, View<T> from, int64_t first, int rows, int terms) {
  constexpr int width = 16 / sizeof(T);
  bool in_packs = terms % width == 0 && from.stride % width == 0 && reinterpret_cast<uintptr_t>(from.data) % 16 == 0;
  int across = in_packs ? terms / width : terms;
  for (int e = threadIdx.x; e < rows * across; e += persistent_threads) {
    int row = e / across;
    int term = e % across;
    T *to = shared.operand + row * shared.operand_stride;
    if (in_packs) {
      union {
        uint4 bits;
        T element[width];
      } pack{};
      pack.bits = __ldcg(reinterpret_cast<const uint4 *>(from.at(first + row, term * width)));
      if constexpr (sizeof(T) == 4) {
        CAROUSEL_UNROLL
        for (int k = 0; k < width; k++) {
          pack.element[k] = as_factor(pack.element[k]);
        }
      }
      *reinterpret_cast<uint4 *>(to + term * width) = pack.bits;
    } else {
      to[term] = as_factor(load_fresh(from.at(first + row, term)));
    }
  }
}

// Zeros what is beyond the terms of each row.
template <class T>
__device__ void clear_padding(const Shared<T> &shared, int rows, int terms, int padded) {
  int across = padded - terms;
  for (int e = threadIdx.x; e < rows * across; e += persistent_threads) {
    set(shared.operand[e / across * shared.operand_stride + terms + e % across], 0.0f);
  }
}

}  // namespace carousel
