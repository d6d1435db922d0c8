// Sums of a warp: weights in registers times rows in shared memory.
#pragma once

#include <cstring>

#include "persistent_batch.cuh"

namespace carousel {

// A number as products of that format take it.
template <class Format>
__device__ Stored<Format> as_factor(Stored<Format> x) {
  if constexpr (std::is_same<Format, Tf32>::value) {
    return __uint_as_float(to_tf32(x));
  } else {
    return x;
  }
}

// A pair of 16 bits as a lane of a fragment holds it.
template <class T>
__device__ uint32_t pair_of(T low, T high) {
  uint16_t halves[2];
  memcpy(&halves[0], &low, sizeof low);
  memcpy(&halves[1], &high, sizeof high);
  return static_cast<uint32_t>(halves[1]) << 16 | halves[0];
}

// Element (output, term) of the slice of the weights that a block owns; 0 beyond its ends. Forward: output m is unit
// m % U in gate m / U, terms are units, and inputs behind them. Backward: output m is unit m, terms are the rows of
// W_hh.
template <class T, bool BACKWARD>
struct Slice {
  View<T> weight;
  int units, gates, block_units, first_unit;
  Inputs<T> inputs;

  __device__ T at(int output, int term) const {
    const T *there = BACKWARD ? backward(output, term) : forward(output, term, 1);
    T value;
    set(value, 0.0f);
    return there == nullptr ? value : *there;
  }

  // The 16-bit terms of an output from `term` on in pairs, where `count` of them are there and lie so; else null.
  __device__ const uint32_t *words(int output, int term, int count) const {
    const T *from = BACKWARD ? nullptr : forward(output, term, count);
    return reinterpret_cast<uintptr_t>(from) % 4 == 0 ? reinterpret_cast<const uint32_t *>(from) : nullptr;
  }

 private:
  __device__ const T *backward(int output, int term) const {
    int unit = first_unit + output;
    bool inside = output < block_units && unit < units && term < gates * units;
    return inside ? weight.at(term, unit) : nullptr;
  }

  // Where `count` neighbouring terms begin; null unless all of them are there.
  __device__ const T *forward(int output, int term, int count) const {
    int unit = first_unit + output % block_units;
    int gate = output / block_units;
    if (unit >= units) {
      return nullptr;
    }
    if (term + count <= units) {
      return gate < gates ? weight.at(static_cast<int64_t>(gate) * units + unit, term) : nullptr;
    }
    int input = term - inputs.first_term_of(units);
    bool candidate_of_h = inputs.apart && gate == gates - 1;
    int input_gate = inputs.apart && gate == gates ? gates - 1 : gate;
    bool inside = input >= 0 && input + count <= inputs.count && input_gate < gates && !candidate_of_h;
    return inside ? inputs.weight.at(static_cast<int64_t>(input_gate) * units + unit, input) : nullptr;
  }
};

// OUTPUTS outputs of a warp, sixteen of them together and the next sixteen APART further on, whose weights for DEPTH
// tiles of terms its lanes keep.
//   load(slice, output, term)  the weights from that output and term on
//   run(terms, stride, rows, to)  the sums of the next rows_at_once rows of terms, of which `rows` are there (in
//                              eights): to.rows(output, row, first, second) of an output, counted from the first, in
//                              two rows, or to.outputs(output, row, first, second) of two outputs in a row
// Here the weights are the left factor of mma, outputs by terms.
template <class Format, int OUTPUTS, int DEPTH, int APART = 16>
class Sums {
  using T = Stored<Format>; // mma knows TF32 as float
  static constexpr int tiles = OUTPUTS / 16;
  static constexpr int chains = tiles == 1 ? 2 : 1; // so that not every mma waits for the one before

 public:
  static constexpr int rows_at_once = 8;

  template <class Slice>
  __device__ void load(const Slice &slice, int output, int term) {
    CAROUSEL_UNROLL
    for (int tile = 0; tile < tiles; tile++) {
      CAROUSEL_UNROLL
      for (int upper = 0; upper < 2; upper++) {
        int own = output + tile * APART + upper * 8 + threadIdx.x % 32 / 4;
        const uint32_t *words = sizeof(T) == 4 ? nullptr : slice.words(own, term, DEPTH * mma_depth<T>);
        if (words != nullptr) {
          CAROUSEL_UNROLL
          for (int part = 0; part < 2 * DEPTH; part++) {
            weights_[tile][part / 2][part % 2 * 2 + upper] = words[part * 4 + threadIdx.x % 4];
          }
        } else {
          CAROUSEL_UNROLL
          for (int part = 0; part < 2 * DEPTH; part++) {
            weights_[tile][part / 2][part % 2 * 2 + upper] = weight(slice, own, term + part * (mma_depth<T> / 2));
          }
        }
      }
    }
  }

  template <class To>
  __device__ void run(const T *terms, int stride, int, const To &to) const {
    int high = threadIdx.x % 32 / 4, low = threadIdx.x % 4;
    const T *row = terms + high * stride + low * (4 / static_cast<int>(sizeof(T)));
    float sum[tiles][chains][4] = {};
    CAROUSEL_UNROLL
    for (int k = 0; k < DEPTH; k++) {
      const T *tile_terms = row + k * mma_depth<T>;
      uint32_t factor[2] = {*reinterpret_cast<const uint32_t *>(tile_terms),
                            *reinterpret_cast<const uint32_t *>(tile_terms + mma_depth<T> / 2)};
      CAROUSEL_UNROLL
      for (int tile = 0; tile < tiles; tile++) {
        mma<T>(sum[tile][k % chains], weights_[tile][k], factor);
      }
    }
    CAROUSEL_UNROLL
    for (int tile = 0; tile < tiles; tile++) {
      CAROUSEL_UNROLL
      for (int upper = 0; upper < 2; upper++) {
        float both[2];
        CAROUSEL_UNROLL
        for (int i = 0; i < 2; i++) {
          float one = sum[tile][0][upper * 2 + i];
          both[i] = chains == 1 ? one : one + sum[tile][chains - 1][upper * 2 + i];
        }
        to.rows(tile * APART + upper * 8 + high, low * 2, both[0], both[1]);
      }
    }
  }

 private:
  template <class Slice>
  __device__ static uint32_t weight(const Slice &slice, int output, int term) {
    int low = threadIdx.x % 4;
    if constexpr (sizeof(T) == 4) {
      return to_tf32(slice.at(output, term + low));
    } else {
      return pair_of(slice.at(output, term + low * 2), slice.at(output, term + low * 2 + 1));
    }
  }

  uint32_t weights_[tiles][DEPTH][4];
};

// Of 8 outputs the weights are the right factor, terms by outputs, which takes half of the registers; rows are the left
// one, 16 of them.
template <int DEPTH, int APART>
class Sums<Tf32, 8, DEPTH, APART> {
 public:
  static constexpr int rows_at_once = 16;

  template <class Slice>
  __device__ void load(const Slice &slice, int output, int term) {
    int high = threadIdx.x % 32 / 4, low = threadIdx.x % 4;
    CAROUSEL_UNROLL
    for (int k = 0; k < DEPTH; k++) {
      CAROUSEL_UNROLL
      for (int half = 0; half < 2; half++) {
        weights_[k][half] = to_tf32(slice.at(output + high, term + k * mma_depth<float> + half * 4 + low));
      }
    }
  }

  template <class To>
  __device__ void run(const float *terms, int stride, int rows, const To &to) const {
    int high = threadIdx.x % 32 / 4, low = threadIdx.x % 4;
    const float *row = terms + high * stride + low;
    bool all = rows > 8;
    float sum[2][4] = {};
    CAROUSEL_UNROLL
    for (int k = 0; k < DEPTH; k++) {
      uint32_t factor[4];
      CAROUSEL_UNROLL
      for (int part = 0; part < 4; part++) {
        const float *term = row + part % 2 * 8 * stride + k * mma_depth<float> + part / 2 * 4;
        factor[part] = part % 2 == 0 || all ? __float_as_uint(*term) : 0;
      }
      mma<float>(sum[k % 2], factor, weights_[k]);
    }
    CAROUSEL_UNROLL
    for (int lower = 0; lower < 2; lower++) {
      if (lower == 0 || all) {
        to.outputs(low * 2, high + lower * 8, sum[0][lower * 2] + sum[1][lower * 2],
                   sum[0][lower * 2 + 1] + sum[1][lower * 2 + 1]);
      }
    }
  }

 private:
  uint32_t weights_[DEPTH][2];
};

// Float as it is, for which there are no tensor cores: a lane multiplies its weights with their terms of all 8 rows,
// and the four lanes that share outputs then add up.
template <int OUTPUTS, int DEPTH, int APART>
class Sums<float, OUTPUTS, DEPTH, APART> {
  static constexpr int eights = OUTPUTS / 8;
  static constexpr int together = eights < 4 ? eights : 4; // whose sums a lane has at a time

 public:
  static constexpr int rows_at_once = 8;

  template <class Slice>
  __device__ void load(const Slice &slice, int output, int term) {
    int high = threadIdx.x % 32 / 4, low = threadIdx.x % 4;
    CAROUSEL_UNROLL
    for (int eight = 0; eight < eights; eight++) {
      CAROUSEL_UNROLL
      for (int k = 0; k < 2 * DEPTH; k++) {
        weights_[eight][k] = slice.at(output + place(eight) + high, term + k / 2 * mma_depth<float> + low * 2 + k % 2);
      }
    }
  }

  template <class To>
  __device__ void run(const float *terms, int stride, int, const To &to) const {
    int high = threadIdx.x % 32 / 4, low = threadIdx.x % 4;
    CAROUSEL_UNROLL
    for (int from = 0; from < eights; from += together) {
      float all[together][8] = {};
      CAROUSEL_UNROLL
      for (int k = 0; k < DEPTH; k++) {
        CAROUSEL_UNROLL
        for (int row = 0; row < 8; row++) {
          Reals<2> pair = carousel::load<2>(terms + row * stride + k * mma_depth<float> + low * 2);
          CAROUSEL_UNROLL
          for (int i = 0; i < together; i++) {
            all[i][row] = fmaf(weights_[from + i][2 * k], pair[0], all[i][row]);
            all[i][row] = fmaf(weights_[from + i][2 * k + 1], pair[1], all[i][row]);
          }
        }
      }
      CAROUSEL_UNROLL
      for (int i = 0; i < together; i++) {
        float first, second;
        add_lanes(all[i], low, first, second);
        to.rows(place(from + i) + high, low * 2, first, second);
      }
    }
  }

 private:
  __device__ static constexpr int place(int eight) { return eight / 2 * APART + eight % 2 * 8; }

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

  float weights_[eights][2 * DEPTH];
};

}  // namespace carousel
