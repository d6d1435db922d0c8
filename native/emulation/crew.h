/* The blocks that run together, their threads and their shared memory. */
#ifndef CAROUSEL_EMULATION_CREW_H
#define CAROUSEL_EMULATION_CREW_H

#include <memory>
#include <vector>

#include "cluster.h"
#include "launch.h"
#include "threads.h"

namespace emulation {

using SharedMemory = std::unique_ptr<void, void (*)(void *)>;

/* A store into the shared memory of a block that has yet to count it. */
struct CountedStore {
  void *to;
  Arrivals *arrivals;
  size_t bytes;
  unsigned char value[16];
};

/* Of the launch under way: one block, those of a cluster, or all of a cooperative launch. */
struct Crew {
  Together together;
  std::vector<Thread> threads;
  std::vector<Warp> warps;
  std::vector<Block> blocks;
  std::vector<Cluster> clusters;
  std::vector<SharedMemory> shared; /* of the blocks */
  size_t sharedBytes;               /* each */
  size_t unfinished;                /* threads that have not ended */
  size_t atGrid;                    /* threads at the barrier of the grid */
  std::vector<CountedStore> underWay;
};

extern Crew crew;

/* Lays the crew out for a launch; false when there is no memory for it. */
bool arrange(const Launch &launch);

/* Makes the crew blocks `firstBlock` and following of the grid, none of which has started. */
void seat(size_t firstBlock);

/* Of a block that has not started or has ended no other may use shared memory: AddressSanitizer is to see it. */
void openShared(const Block &block);
void closeShared(const Block &block);

}  // namespace emulation

#endif
