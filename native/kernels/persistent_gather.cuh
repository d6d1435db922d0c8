// Backward through memory: each block gathers the gradients of everybody's gates, and forms the sums of its own units.
#pragma once

#include "persistent_flags.cuh"
#include "persistent_product.cuh"

namespace carousel {

// What is handed on is stored anyway, in the matrix `factor` [rows, GATES * units].
template <class Format, int GATES, int OUTPUTS, int DEPTH>
class GatheredProduct {
  using T = Stored<Format>;

 public:
  __device__ GatheredProduct(unsigned char *memory, const Recurrence &recurrence, const Position &at,
                             const View<T> &weight, const View<T> &factor, void *workspace)
      : at_(at), factor_(factor), units_(recurrence.units),
        padded_(exchange_stride<T>(recurrence.layout.splits, DEPTH)),
        shared_(memory, recurrence.layout, padded_, recurrence.layout.block_units),
        flags_(workspace, recurrence.layout, at),
        product_(Slice<T, true>{weight, units_, GATES, recurrence.layout.block_units, at.first_unit, {}},
                 recurrence.layout.block_units, recurrence.layout.splits) {}

  __device__ const OwnStates &own() const { return shared_.own; }

  __device__ void begin() const {
    clear_padding(shared_, shared_.operand, shared_.layout.chunk_rows, GATES * units_, padded_);
  }

  __device__ void give(int, int64_t packed_row, int unit, const T (&gradients)[GATES]) const {
    CAROUSEL_UNROLL
    for (int gate = 0; gate < GATES; gate++) {
      *factor_.at(packed_row, gate * units_ + (at_.first_unit + unit)) = gradients[gate];
    }
  }

  __device__ void raise(int) { flags_.raise(++done_); }

  __device__ void store(int64_t, int, const T (&)[GATES]) const {}

  __device__ void add(const StepRows &later, const Elements &mine) const {
    flags_.wait(done_);
    const int most = shared_.layout.chunk_rows;
    int row = mine.first;
    for (int chunk = 0; chunk < later.count; chunk += most) {
      int count = later.count - chunk < most ? later.count - chunk : most;
      load_operand<Format>(shared_, shared_.operand, factor_, later.first + chunk, count, GATES * units_);
      __syncthreads();
      product_.run(shared_.operand, count, shared_.partial, most);
      __syncthreads();
      CAROUSEL_ROLLED
      for (; row < chunk + count; row += mine.apart) {
        shared_.own.add(row, mine.unit, shared_.sum(row - chunk, mine.unit));
      }
    }
  }

 private:
  const Position &at_;
  const View<T> &factor_;
  int units_;
  int padded_;
  Shared<T> shared_;
  Flags flags_;
  Product<Format, OUTPUTS, DEPTH> product_;
  uint32_t done_ = 0; // steps in which this group had rows
};

}  // namespace carousel
