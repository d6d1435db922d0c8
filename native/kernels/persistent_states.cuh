// What the blocks of a group hand each other forward: the states of their units.
#pragma once

#include "persistent_deliveries.cuh"
#include "persistent_flags.cuh"
#include "persistent_product.cuh"

namespace carousel {

// States in memory, after the flags: a half is [rows of all groups, padded terms].
template <class T>
__device__ View<T> exchange_of(void *workspace, const carousel_persistent_layout &layout, int padded, int half) {
  T *states = reinterpret_cast<T *>(static_cast<unsigned char *>(workspace) + flag_bytes(layout));
  return {states + static_cast<int64_t>(half) * layout.groups * layout.group_rows * padded, padded};
}

// Before the launch of a forward pass: initial states into memory, flags down.
template <class T, class S>
__global__ void __launch_bounds__(persistent_threads)
    persistent_start(Recurrence recurrence, View<S> h, void *workspace, int padded) {
  const carousel_persistent_layout &layout = recurrence.layout;
  int64_t count = static_cast<int64_t>(layout.groups) * layout.group_rows * padded;
  int64_t step = static_cast<int64_t>(gridDim.x) * persistent_threads;
  for (int64_t e = static_cast<int64_t>(blockIdx.x) * persistent_threads + threadIdx.x; e < count; e += step) {
    int64_t row = e / padded;
    int64_t unit = e % padded;
    T value;
    set(value, row < recurrence.packing.batch && unit < recurrence.units ? to_float(*h.at(row, unit)) : 0.0f);
    for (int half = 0; half < halves_in_memory(layout); half++) {
      *exchange_of<T>(workspace, layout, padded, half).at(row, unit) = value;
    }
  }
  if (blockIdx.x == 0) {
    for (int flag = threadIdx.x; flag < layout.groups * layout.blocks; flag += persistent_threads) {
      static_cast<uint32_t *>(workspace)[flag] = 0;
    }
  }
}

// Through memory, with flags; or, where the group is a cluster, into the shared memory of all of its blocks, which
// count what arrives. One of the two in a whole launch. The terms of a step are the states before it and, where the
// kernel multiplies them too, its inputs, which every block loads for itself.
template <class Format>
class StateExchange {
  using T = Stored<Format>;

 public:
  __device__ StateExchange(void *workspace, const Position &at, const Shared<T> &shared, const Inputs<T> &inputs,
                           int units, int padded)
      : at_(at), shared_(shared), flags_(workspace, shared.layout, at),
        deliveries_(shared.arrivals, shared.layout.blocks), workspace_(workspace), inputs_(inputs),
        units_(units), first_input_(whole(units)), padded_(padded) {}

  // All threads, first.
  __device__ void begin() const {
    if (in_cluster()) {
      CAROUSEL_ROLLED
      for (uint32_t half = 0; half < cluster_halves; half++) { // rows that begin later begin with either
        load_packs<Format, packed<T>>(shared_, shared_.half(half), through_memory(0), at_.first_row, at_.rows, padded_);
      }
      for (int e = threadIdx.x; e < at_.rows * shared_.layout.block_units; e += persistent_threads) {
        set(shared_.staged[e], 0.0f); // packs go whole, also of units beyond the last
      }
      deliveries_.begin();
    } else if (inputs_.given()) {
      clear_padding(shared_, shared_.operand, shared_.layout.chunk_rows, first_input_ + inputs_.count, padded_);
    }
  }

  // All threads, once before each step: afterwards they see what all blocks of the group handed on in the steps before
  // it.
  __device__ void wait(const StepRows &step) const {
    if (!in_cluster()) {
      flags_.wait(done_);
      return;
    }
    if (inputs_.given()) {
      load_inputs(handed(), step.first, step.count);
    }
    if (done_ > 0) {
      deliveries_.await(done_);
    }
    if (inputs_.given()) {
      __syncthreads();
    }
  }

  // All threads: the terms of rows [first, first + count) of a step.
  __device__ const T *operand(const StepRows &step, int first, int count) const {
    if (in_cluster()) {
      return handed();
    }
    load_packs<Format, packed<T>>(shared_, shared_.operand, through_memory(done_), at_.first_row + first, count,
                                  inputs_.given() ? first_input_ : padded_);
    if (inputs_.given()) {
      load_inputs(shared_.operand, step.first + first, count);
    }
    __syncthreads();
    return shared_.operand;
  }

  // The state of a unit of this block after the step.
  __device__ void give(int row, int unit, float state) const {
    T given;
    set(given, state);
    if (in_cluster()) {
      shared_.staged[row * shared_.layout.block_units + unit] = as_factor<Format>(given);
    } else {
      *through_memory(done_ + 1).at(at_.first_row + row, at_.first_unit + unit) = given;
    }
  }

  // All threads, after they have given all states of a step with so many rows.
  __device__ void raise(int rows) {
    done_++;
    if (in_cluster()) {
      hand_over(rows);
    } else {
      flags_.raise(done_);
    }
  }

  // All threads, last: nobody ends while others store into its memory.
  __device__ void end() const {
    if (in_cluster() && done_ > 0) {
      deliveries_.await(done_);
    }
  }

 private:
  __device__ bool in_cluster() const { return shared_.layout.clusters != 0; }

  // In a cluster: what the next product reads, of all rows of the group.
  __device__ T *handed() const { return shared_.half(done_); }

  // Gives what was staged to all blocks of the cluster, itself included, in packs of 16 bytes.
  __device__ void hand_over(int rows) const {
    constexpr int width = packed<T>;
    __syncthreads(); // staged by all threads, and the product of the states before is done
    deliveries_.expect(done_, static_cast<unsigned>(rows * whole(units_) * static_cast<int>(sizeof(T))));
    const unsigned across = static_cast<unsigned>(shared_.layout.block_units) / width; // packs of a row: 2 to 16
    const unsigned lane = threadIdx.x % 32;
    const int first = static_cast<int>(lane / across), down = static_cast<int>(32 / across);
    const int unit = static_cast<int>(lane % across) * width;
    if (unit >= whole(at_.units)) {
      return;
    }
    T *half = handed() + at_.first_unit + unit;
    const T *staged = shared_.staged + unit;
    for (int rank = threadIdx.x / 32; rank < shared_.layout.blocks; rank += persistent_warps) { // a warp for each block
      for (int row = first; row < rows; row += down) {
        deliveries_.give(done_, reinterpret_cast<uint4 *>(half + row * shared_.operand_stride), rank,
                         *reinterpret_cast<const uint4 *>(staged + row * shared_.layout.block_units));
      }
    }
  }

  // Units in whole packs: inputs begin behind them.
  __device__ static int whole(int units) { return Inputs<T>::first_term_of(units); }

  __device__ View<T> through_memory(uint32_t steps) const {
    return exchange_of<T>(workspace_, shared_.layout, padded_, steps % 2);
  }

  __device__ void load_inputs(T *operand, int64_t first, int rows) const {
    load_operand<Format>(shared_, operand + first_input_, inputs_.x, first, rows, inputs_.count);
  }

  const Position &at_;
  const Shared<T> &shared_;
  Flags flags_;
  Deliveries deliveries_;
  void *workspace_;
  const Inputs<T> &inputs_;
  int units_;
  int first_input_;
  int padded_;
  uint32_t done_ = 0; // steps that this block handed on: those in which its group had rows
};

}  // namespace carousel
