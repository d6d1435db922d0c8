// What the blocks of a group hand each other after every step, and how each knows when it is there.
#pragma once

#include "persistent_batch.cuh"
#include "persistent_product.cuh"

namespace carousel {

// Through memory, with a flag of each block that says how many steps it has done; or, where the group is a cluster,
// into the shared memory of all of its blocks, with the cluster's barrier. One of the two in a whole launch. A block
// hands on PARTS numbers of each of its units; in the terms of a row each is `apart` terms behind the one before.
template <class Format, int PARTS>
class Exchange {
 public:
  using T = Stored<Format>;

  __device__ Exchange(void *workspace, const Position &at, const Shared<T> &shared, int apart)
      : at_(at), shared_(shared), flags_(static_cast<uint32_t *>(workspace) + at.group * shared.layout.blocks),
        apart_(apart) {}

  // All threads, once after each raise() and, in a cluster, once before the first; afterwards they see what all blocks
  // of the group handed on in the steps that are done.
  __device__ void wait() const {
    if (in_cluster()) {
      if (done_ == 0) {
        cluster_arrive();
      }
      cluster_wait();
      return;
    }
    for (int other = threadIdx.x; other < shared_.layout.blocks; other += persistent_threads) {
      while (observe(flags_ + other) < done_) {
        spin();
      }
    }
    __syncthreads();
  }

  // All threads, after they have given all numbers of a step with so many rows.
  __device__ void raise(int rows) {
    done_++;
    if (in_cluster()) {
      hand_over(rows);
      cluster_arrive();
      return;
    }
    __syncthreads();
    if (threadIdx.x == 0) {
      publish(flags_ + at_.member, done_);
    }
  }

 protected:
  __device__ bool in_cluster() const { return shared_.layout.clusters != 0; }

  // Steps that this block handed on: those in which its group had rows.
  __device__ uint32_t done() const { return done_; }

  // In a cluster: what the next product reads, of all rows of the group.
  __device__ T *handed() const { return shared_.half(done_); }

  // In a cluster, before raise(): a number of a unit of this block.
  __device__ void stage(int row, int part, int unit, T value) const {
    shared_.staged[(row * PARTS + part) * shared_.layout.block_units + unit] = as_factor<Format>(value);
  }

  const Position &at_;
  const Shared<T> &shared_;

 private:
  // Gives what was staged to all blocks of the cluster, itself included.
  __device__ void hand_over(int rows) const {
    constexpr int width = packed<T>;
    __syncthreads(); // staged by all threads
    // whole packs where all blocks have whole packs of units
    int step = apart_ % width == 0 && at_.units % width == 0 ? width : 1;
    int across = at_.units / step;
    int count = rows * PARTS * across;
    for (int rank = threadIdx.x / 32; rank < shared_.layout.blocks; rank += persistent_warps) { // a warp for each block
      T *there = remote(handed(), static_cast<unsigned>(rank)) + at_.first_unit;
      for (int e = threadIdx.x % 32; e < count; e += 32) {
        int run = e / across;
        int unit = (e - run * across) * step;
        T *to = there + run / PARTS * shared_.operand_stride + run % PARTS * apart_ + unit;
        const T *from = shared_.staged + run * shared_.layout.block_units + unit;
        if (step == width) {
          *reinterpret_cast<uint4 *>(to) = *reinterpret_cast<const uint4 *>(from);
        } else {
          *to = *from;
        }
      }
    }
  }

  // Of the group, side by side: 32 of them are one request of the warp that polls them, and four sectors, where flags
  // apart would be 32. Nothing passes a line around, as caches of processors do: flags are written and read in the
  // second level. The barrier of Xiao and Feng (IPDPS 2010) has them so. exchange_time shows what others would take.
  uint32_t *flags_;
  int apart_;
  uint32_t done_ = 0;
};

// Before a launch: flags down.
template <class Flag>
__global__ void __launch_bounds__(persistent_threads) persistent_lower(Flag *flags, int count) {
  for (int flag = threadIdx.x; flag < count; flag += persistent_threads) {
    flags[flag] = 0;
  }
}

}  // namespace carousel
