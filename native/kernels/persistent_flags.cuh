// How the blocks of a group know through memory that the others have done a step.
#pragma once

#include "persistent_batch.cuh"

namespace carousel {

// A flag of each block at the beginning of the workspace, which says how many steps it has done.
class Flags {
 public:
  __device__ Flags(void *workspace, const carousel_persistent_layout &layout, const Position &at)
      : of_group_(static_cast<uint32_t *>(workspace) + at.group * layout.blocks), blocks_(layout.blocks),
        mine_(at.member) {}

  // All threads; afterwards they see what all blocks of the group wrote in their first `steps` steps.
  __device__ void wait(uint32_t steps) const {
    for (int other = threadIdx.x; other < blocks_; other += persistent_threads) {
      while (observe(of_group_ + other) < steps) {
        spin();
      }
    }
    __syncthreads();
  }

  // All threads, after they have written what belongs to the first `steps` steps.
  __device__ void raise(uint32_t steps) const {
    __syncthreads();
    if (threadIdx.x == 0) {
      publish(of_group_ + mine_, steps);
    }
  }

 private:
  // Side by side: 32 of them are one request of the warp that polls them, and four sectors, where flags apart would be
  // 32. Nothing passes a line around, as caches of processors do: flags are written and read in the second level. The
  // barrier of Xiao and Feng (IPDPS 2010) has them so. exchange_time shows what others would take.
  uint32_t *of_group_;
  int blocks_;
  int mine_;
};

// Before a launch: flags down.
template <class Flag>
__global__ void __launch_bounds__(persistent_threads) persistent_lower(Flag *flags, int count) {
  for (int flag = threadIdx.x; flag < count; flag += persistent_threads) {
    flags[flag] = 0;
  }
}

}  // namespace carousel
