// What the blocks of a group hand each other: states, through memory, and flags that say when.
#pragma once

#include "persistent_batch.cuh"
#include "persistent_product.cuh"

namespace carousel {

// How the blocks of a group know that the others have finished a step: flags in memory, or the barrier of their cluster.
class Signals {
 public:
  __device__ Signals(void *workspace, const carousel_persistent_layout &layout, const Position &at)
      : of_group_(static_cast<uint32_t *>(workspace) + at.group * layout.blocks), blocks_(layout.blocks),
        mine_(at.member), in_cluster_(layout.clusters != 0) {}

  // All threads, once after each raise() and once before the first; afterwards they see what all blocks of the group
  // wrote in their first `steps` steps.
  __device__ void wait(uint32_t steps) const {
    if (in_cluster_) {
      if (steps == 0) {
        cluster_arrive();
      }
      cluster_wait();
      return;
    }
    for (int other = threadIdx.x; other < blocks_; other += persistent_threads) {
      while (observe(of_group_ + other) < steps) {
        spin();
      }
    }
    __syncthreads();
  }

  // All threads, after they have written what belongs to the first `steps` steps.
  __device__ void raise(uint32_t steps) const {
    if (in_cluster_) {
      cluster_arrive();
      return;
    }
    __syncthreads();
    if (threadIdx.x == 0) {
      publish(of_group_ + mine_, steps);
    }
  }

 private:
  uint32_t *of_group_;
  int blocks_;
  int mine_;
  bool in_cluster_;
};

template <class T>
__device__ View<T> exchange_of(void *workspace, const carousel_persistent_layout &layout, int padded, int parity) {
  T *states = reinterpret_cast<T *>(static_cast<unsigned char *>(workspace) + flag_bytes(layout));
  return {states + static_cast<int64_t>(parity) * layout.groups * layout.group_rows * padded, padded};
}

// Before the launch of a forward pass: initial states into both halves of the exchange, flags down.
template <class T, class S>
__global__ void __launch_bounds__(persistent_threads)
    persistent_start(Recurrence recurrence, View<S> h, void *workspace, int padded) {
  const carousel_persistent_layout &layout = recurrence.layout;
  int64_t count = static_cast<int64_t>(layout.groups) * layout.group_rows * padded;
  int64_t step = static_cast<int64_t>(gridDim.x) * persistent_threads;
  View<T> even = exchange_of<T>(workspace, layout, padded, 0);
  View<T> odd = exchange_of<T>(workspace, layout, padded, 1);
  for (int64_t e = static_cast<int64_t>(blockIdx.x) * persistent_threads + threadIdx.x; e < count; e += step) {
    int64_t row = e / padded;
    int64_t unit = e % padded;
    T value;
    set(value, row < recurrence.packing.batch && unit < recurrence.units ? to_float(*h.at(row, unit)) : 0.0f);
    *even.at(row, unit) = value;
    *odd.at(row, unit) = value;
  }
  if (blockIdx.x == 0) {
    for (int flag = threadIdx.x; flag < layout.groups * layout.blocks; flag += persistent_threads) {
      static_cast<uint32_t *>(workspace)[flag] = 0;
    }
  }
}

// What a block of a cluster hands to all blocks of it, itself included: PARTS runs of block units in each row of
// what was staged go to where each block has its terms, `apart` terms from one run to the next.
template <int PARTS, class T>
__device__ void hand_over(const Shared<T> &shared, T *half, const carousel_persistent_layout &layout, int rows,
                          int first_unit, int owned, int apart) {
  constexpr int width = 16 / sizeof(T);
  const int U = layout.block_units;
  __syncthreads(); // staged by all threads
  // whole packs where all blocks have whole packs of units
  int step = apart % width == 0 && owned % width == 0 ? width : 1;
  int across = owned / step;
  int count = rows * PARTS * across;
  for (int rank = threadIdx.x / 32; rank < layout.blocks; rank += persistent_warps) { // a warp for each block
    T *there = remote(half, static_cast<unsigned>(rank)) + first_unit;
    for (int e = threadIdx.x % 32; e < count; e += 32) {
      int run = e / across;
      int unit = (e - run * across) * step;
      T *to = there + run / PARTS * shared.operand_stride + run % PARTS * apart + unit;
      const T *from = shared.staged + run * U + unit;
      if (step == width) {
        *reinterpret_cast<uint4 *>(to) = *reinterpret_cast<const uint4 *>(from);
      } else {
        *to = *from;
      }
    }
  }
}

// Before the launch of a backward pass: flags down.
template <class Flag>
__global__ void __launch_bounds__(persistent_threads) persistent_lower(Flag *flags, int count) {
  for (int flag = threadIdx.x; flag < count; flag += persistent_threads) {
    flags[flag] = 0;
  }
}

}  // namespace carousel
