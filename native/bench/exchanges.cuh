// Exchanges between blocks that run together, each the way a persistent recurrent kernel hands h around: every block
// writes 1 KiB, all wait for each other, and every block reads what it needs. Readers count the words that are wrong.
#pragma once

#include "hw.cuh"

#ifndef CAROUSEL_EMULATION
#include <cooperative_groups.h>
#endif

namespace exchange {

constexpr int threads = 256;  // one word of a payload each
constexpr int payload_bytes = threads * sizeof(uint32_t);

// Word `i` that a block writes in an exchange.
__device__ __forceinline__ uint32_t word(uint32_t epoch, uint32_t block, uint32_t i) {
  return epoch * 2654435761u + block * 40503u + i;
}

// Adds up in `wrong`, in memory of the caller.
__device__ __forceinline__ void count(uint32_t *wrong, uint32_t mine) {
  if (mine != 0) {
    atomicAdd(wrong, mine);
  }
}

// Exchanges first + 1 to first + rounds, within groups of `size` blocks, through the L2 cache. Each block reads the
// payloads of `sources` blocks of its group, from the next one on. slots: [2, blocks, threads]; flags: one per block,
// `apart` words from one to the next, at least `first` exchanges old.
__global__ void __launch_bounds__(threads) by_flags(uint32_t *slots, uint32_t *flags, uint32_t *wrong, int size,
                                                    int sources, int apart, uint32_t first, int rounds) {
  uint32_t block = blockIdx.x, group = block / size * size, i = threadIdx.x, mine = 0;
  for (uint32_t epoch = first + 1; epoch <= first + rounds; epoch++) {
    uint32_t *slot = slots + static_cast<size_t>(epoch % 2) * gridDim.x * threads;
    __stcg(&slot[block * threads + i], word(epoch, block, i));
    __syncthreads();
    if (i == 0) {
      carousel::publish(&flags[block * apart], epoch);
    }
    if (i < static_cast<uint32_t>(size)) {
      while (static_cast<int>(carousel::observe(&flags[(group + i) * apart]) - epoch) < 0) {
        carousel::spin();
      }
    }
    __syncthreads();
    for (int k = 1; k <= sources; k++) {
      uint32_t source = group + (block - group + k) % size;
      mine += __ldcg(&slot[source * threads + i]) != word(epoch, source, i);
    }
  }
  count(wrong, mine);
}

// The same for all blocks as one group, by the barrier of the grid.
__global__ void __launch_bounds__(threads)
    by_grid_barrier(uint32_t *slots, uint32_t *wrong, int sources, uint32_t first, int rounds) {
  uint32_t block = blockIdx.x, i = threadIdx.x, mine = 0;
  for (uint32_t epoch = first + 1; epoch <= first + rounds; epoch++) {
    uint32_t *slot = slots + static_cast<size_t>(epoch % 2) * gridDim.x * threads;
    __stcg(&slot[block * threads + i], word(epoch, block, i));
    cooperative_groups::this_grid().sync();
    for (int k = 1; k <= sources; k++) {
      uint32_t source = (block + k) % gridDim.x;
      mine += __ldcg(&slot[source * threads + i]) != word(epoch, source, i);
    }
  }
  count(wrong, mine);
}

// Within clusters, by stores into the shared memory of `targets` blocks, from the next one on, and the barrier of the
// cluster. Dynamic shared memory: cluster_bytes().
__global__ void __launch_bounds__(threads) by_cluster(uint32_t *wrong, int targets, uint32_t first, int rounds) {
  CAROUSEL_DYNAMIC_SHARED(uint32_t, slots);  // [2, blocks of the cluster, threads]
  uint32_t rank = carousel::cluster_rank(), size = carousel::cluster_size();
  uint32_t group = blockIdx.x - rank, i = threadIdx.x, mine = 0;
  carousel::cluster_arrive();  // the others have started
  carousel::cluster_wait();
  for (uint32_t epoch = first + 1; epoch <= first + rounds; epoch++) {
    uint32_t *slot = slots + epoch % 2 * size * threads;
    for (int k = 1; k <= targets; k++) {
      carousel::remote(slot, (rank + k) % size)[rank * threads + i] = word(epoch, group + rank, i);
    }
    carousel::cluster_arrive();
    carousel::cluster_wait();
    for (int k = 1; k <= targets; k++) {
      uint32_t source = (rank + size - k) % size;
      mine += slot[source * threads + i] != word(epoch, group + source, i);
    }
  }
  count(wrong, mine);
  carousel::cluster_arrive();  // the others may still write here
  carousel::cluster_wait();
}

// The same by stores that the blocks they go to count, which spares the barrier and its fence: `packs` of 16 bytes, a
// payload at most, to every block. Only where all store to all may one begin the next exchange but one: it has heard
// from all others that they have read.
__global__ void __launch_bounds__(threads) by_counted_stores(uint32_t *wrong, int packs, uint32_t first, int rounds) {
  CAROUSEL_DYNAMIC_SHARED(carousel::Arrivals, arrivals);  // one for each half, then slots as above
  uint32_t *slots = reinterpret_cast<uint32_t *>(arrivals + 2);
  uint32_t rank = carousel::cluster_rank(), size = carousel::cluster_size();
  uint32_t group = blockIdx.x - rank, i = threadIdx.x, mine = 0;
  if (i == 0) {
    carousel::arrivals_begin(&arrivals[0]);
    carousel::arrivals_begin(&arrivals[1]);
  }
  carousel::cluster_arrive();
  carousel::cluster_wait();
  for (int round = 0; round < rounds; round++) {
    uint32_t epoch = first + 1 + round, half = round % 2;
    uint32_t *slot = slots + half * size * threads;
    if (i == 0) {
      carousel::arrivals_expect(&arrivals[half], size * packs * sizeof(uint4));
    }
    for (uint32_t e = i; e < size * packs; e += threads) {
      uint32_t at = e % packs * 4, block = group + rank;
      uint4 value = {word(epoch, block, at), word(epoch, block, at + 1), word(epoch, block, at + 2),
                     word(epoch, block, at + 3)};
      carousel::store_counted(reinterpret_cast<uint4 *>(slot + rank * threads + at), (rank + e / packs) % size, value,
                              &arrivals[half]);
    }
    carousel::arrivals_await(&arrivals[half], round / 2);
    for (uint32_t source = 0; source < size && i < static_cast<uint32_t>(packs) * 4; source++) {
      mine += slot[source * threads + i] != word(epoch, group + source, i);
    }
    __syncthreads();  // read by all
  }
  count(wrong, mine);
  carousel::cluster_arrive();  // the others may still store here
  carousel::cluster_wait();
}

constexpr size_t cluster_bytes(int size) {
  return 2 * (static_cast<size_t>(size) * payload_bytes + sizeof(carousel::Arrivals));
}

}  // namespace exchange
