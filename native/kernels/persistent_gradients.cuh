// What the blocks of a group hand each other backward: the gradients of their units' gates.
#pragma once

#include "persistent_exchange.cuh"

namespace carousel {

// These are stored anyway, in the matrix `factor` [rows, GATES * units]: what is handed through memory is that matrix,
// and in a cluster it is written when the others have been told.
template <class Format, int GATES>
class GradientExchange : public Exchange<Format, GATES> {
  using Base = Exchange<Format, GATES>;
  using T = typename Base::T;
  using Base::at_;
  using Base::shared_;
  using Base::in_cluster;
  using Base::handed;
  using Base::stage;

 public:
  __device__ GradientExchange(void *workspace, const Position &at, const Shared<T> &shared, const View<T> &factor,
                              int units)
      : Base(workspace, at, shared, units), factor_(factor), units_(units) {}

  // All threads, first. `padded` terms is what products read.
  __device__ void begin(int padded) const {
    CAROUSEL_ROLLED
    for (uint32_t half = 0; half < (in_cluster() ? cluster_halves : 1u); half++) {
      clear_padding(shared_, shared_.half(half), shared_.layout.chunk_rows, GATES * units_, padded);
    }
    if (in_cluster()) {
      Base::wait(); // all have started before anybody writes into their memory
    }
  }

  // All threads: the terms of rows [first, first + count) of the step that was handed on last.
  __device__ const T *operand(const StepRows &step, int first, int count) const {
    if (in_cluster()) {
      return handed();
    }
    load_operand<Format>(shared_, shared_.operand, factor_, step.first + first, count, GATES * units_);
    __syncthreads();
    return shared_.operand;
  }

  // The gradients of a unit of this block, in a row of the group and of the packed rows. `later`: store() follows.
  __device__ void give(int row, int64_t packed_row, int unit, const T (&gradients)[GATES], bool later) const {
    if (in_cluster()) {
      CAROUSEL_UNROLL
      for (int gate = 0; gate < GATES; gate++) {
        stage(row, gate, unit, gradients[gate]);
      }
    }
    if (!in_cluster() || !later) {
      write(packed_row, unit, gradients);
    }
  }

  // What was given and the others do not wait for.
  __device__ void store(int64_t packed_row, int unit, const T (&gradients)[GATES]) const {
    if (in_cluster()) {
      write(packed_row, unit, gradients);
    }
  }

 private:
  __device__ void write(int64_t packed_row, int unit, const T (&gradients)[GATES]) const {
    CAROUSEL_UNROLL
    for (int gate = 0; gate < GATES; gate++) {
      *factor_.at(packed_row, gate * units_ + (at_.first_unit + unit)) = gradients[gate];
    }
  }

  const View<T> &factor_;
  int units_;
};

}  // namespace carousel
