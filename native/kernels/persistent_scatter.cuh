// Backward in a cluster: each block multiplies the gradients of its own gates, and gives every block of the cluster the
// part of the sums that belongs to that one's units.
#pragma once

#include "persistent_deliveries.cuh"
#include "persistent_product.cuh"

namespace carousel {

// Element (output, term) of the weights that a block's own gates are multiplied with: outputs are the units of all
// blocks, term m is gate m / U of the block's unit m % U; 0 beyond their ends.
template <class T, int BLOCK_UNITS>
struct OwnGates {
  View<T> weight;
  int units, first_unit;

  __device__ T at(int output, int term) const {
    int unit = first_unit + term % BLOCK_UNITS;
    T value;
    set(value, 0.0f);
    return output < units && unit < units
               ? *weight.at(static_cast<int64_t>(term / BLOCK_UNITS) * units + unit, output)
               : value;
  }

  __device__ const uint32_t *words(int, int, int) const { return nullptr; }
};

// Shared memory: own states; [rows][terms + padding] own gradients as factors; twice [blocks][eights of rows]
// [block units][8 rows] what every block contributes to the own units; and what counts it. Sums are over the blocks in
// their order, so that they depend on nothing else.
template <class Format, int GATES, int BLOCK_UNITS>
class ScatteredProduct {
  using T = Stored<Format>;
  static constexpr int terms = GATES * BLOCK_UNITS;
  static constexpr int stride = terms + row_padding<T>;
  static constexpr int tile = 16;
  static constexpr int warp_outputs = most_cluster_blocks * BLOCK_UNITS / persistent_warps;

 public:
  __device__ ScatteredProduct(unsigned char *memory, const Recurrence &recurrence, const Position &at,
                              const View<T> &weight, const View<T> &factor, void *)
      : at_(at), factor_(factor), units_(recurrence.units), rows_(recurrence.layout.group_rows),
        blocks_(recurrence.layout.blocks), own_(memory, recurrence.layout), handed_(own_.template behind<T>()),
        parts_(reinterpret_cast<float *>(handed_ + rows_ * stride)),
        deliveries_(reinterpret_cast<Arrivals *>(parts_ + cluster_halves * blocks_ * rows_ * BLOCK_UNITS), blocks_) {
    sums_.load(OwnGates<T, BLOCK_UNITS>{weight, units_, at.first_unit}, first_output(), 0);
  }

  __device__ const OwnStates &own() const { return own_; }

  __device__ void begin() const {
    for (int e = threadIdx.x; e < rows_ * stride; e += persistent_threads) { // units beyond the last contribute zeros
      set(handed_[e], 0.0f);
    }
    deliveries_.begin();
  }

  __device__ void give(int row, int64_t, int unit, const T (&gradients)[GATES]) const {
    CAROUSEL_UNROLL
    for (int gate = 0; gate < GATES; gate++) {
      handed_[row * stride + gate * BLOCK_UNITS + unit] = as_factor<Format>(gradients[gate]);
    }
  }

  __device__ void raise(int rows) {
    done_++;
    __syncthreads(); // given by all threads, and what the step before gave is summed up
    const int expected = blocks_ * at_.units * in_eights(rows) * static_cast<int>(sizeof(float));
    deliveries_.expect(done_, static_cast<unsigned>(expected));
    if (first_output() < units_) {
      for (int row = 0; row < rows; row += sums_.rows_at_once) {
        sums_.run(handed_ + row * stride, stride, rows - row, Parts{*this, row});
      }
    }
  }

  __device__ void store(int64_t packed_row, int unit, const T (&gradients)[GATES]) const {
    CAROUSEL_UNROLL
    for (int gate = 0; gate < GATES; gate++) {
      *factor_.at(packed_row, gate * units_ + (at_.first_unit + unit)) = gradients[gate];
    }
  }

  __device__ void add(const StepRows &later, const Elements &) const {
    deliveries_.await(done_);
    const float *parts = half();
    const int count = in_eights(later.count) * BLOCK_UNITS;
    for (int e = threadIdx.x; e < count; e += persistent_threads) {
      const int row = e / (8 * BLOCK_UNITS) * 8 + e % 8, unit = e / 8 % BLOCK_UNITS;
      float sum = 0.0f;
      for (int block = 0; block < blocks_; block++) {
        sum += parts[block * rows_ * BLOCK_UNITS + e];
      }
      if (row < later.count && unit < at_.units) {
        own_.add(row, unit, sum);
      }
    }
    __syncthreads();
  }

 private:
  // Where a warp leaves its sums: with the block that owns the output.
  struct Parts {
    const ScatteredProduct &product;
    int first_row; // a multiple of 8

    __device__ void rows(int output, int row, float above, float below) const {
      output += product.first_output();
      if (output < product.units_) {
        float *mine = product.half() + (product.at_.member * product.rows_ + first_row) * BLOCK_UNITS;
        product.deliveries_.give(product.done_, reinterpret_cast<float2 *>(mine + output % BLOCK_UNITS * 8 + row),
                                 output / BLOCK_UNITS, make_float2(above, below));
      }
    }
  };

  __device__ static int in_eights(int rows) { return (rows + 7) / 8 * 8; }

  __device__ int first_output() const { return static_cast<int>(threadIdx.x) / 32 * tile; }

  // What the step that was handed on last contributed.
  __device__ float *half() const {
    return parts_ + Deliveries::half_of(done_) * static_cast<unsigned>(blocks_ * rows_ * BLOCK_UNITS);
  }

  const Position &at_;
  const View<T> &factor_;
  int units_;
  int rows_;
  int blocks_;
  OwnStates own_;
  T *handed_;
  float *parts_;
  Deliveries deliveries_;
  Sums<Format, warp_outputs, terms / mma_depth<T>, persistent_warps * tile> sums_;
  uint32_t done_ = 0; // steps in which this group had rows
};

}  // namespace carousel
