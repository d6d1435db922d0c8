// What the blocks of a cluster store into each other's shared memory, step after step, without a barrier.
#pragma once

#include "persistent_batch.cuh"

namespace carousel {

// Each block counts what arrives; a block that is a cluster of its own just stores. It has room for two steps: others
// store into the one half while it still reads the other. All blocks store to all, and only after their last look at
// what they were given in the step before: who has everything of a step knows that all others have read what it is
// about to overwrite.
class Deliveries {
 public:
  __device__ Deliveries(Arrivals *of_halves, int blocks) : of_halves_(of_halves), alone_(blocks == 1) {}

  __device__ static uint32_t half_of(uint32_t step) { return step % cluster_halves; }

  // All threads, first: afterwards all blocks have started, and others may store.
  __device__ void begin() const {
    if (threadIdx.x == 0) {
      for (uint32_t half = 0; half < cluster_halves; half++) {
        arrivals_begin(of_halves_ + half);
      }
    }
    cluster_arrive();
    cluster_wait();
  }

  // All threads, once for each step, from 1 on: how many bytes this block is given in it.
  __device__ void expect(uint32_t step, unsigned bytes) const {
    if (threadIdx.x == 0 && !alone_) {
      arrivals_expect(of_halves_ + half_of(step), bytes);
    }
  }

  // Stores a pack of a step where block `rank` has what this block has at `to`.
  template <class V>
  __device__ void give(uint32_t step, V *to, int rank, const V &pack) const {
    if (alone_) {
      *to = pack;
    } else {
      store_counted(to, static_cast<unsigned>(rank), pack, of_halves_ + half_of(step));
    }
  }

  // All threads, once for each step: afterwards each sees what the step gave this block.
  __device__ void await(uint32_t step) const {
    if (alone_) {
      __syncthreads();
    } else {
      arrivals_await(of_halves_ + half_of(step), (step - 1) / cluster_halves);
    }
  }

 private:
  Arrivals *of_halves_;
  bool alone_;
};

}  // namespace carousel
