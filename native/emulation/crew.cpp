#include "crew.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>

#ifdef __SANITIZE_ADDRESS__
#include <sanitizer/asan_interface.h>
#endif

namespace emulation {

dim3 gridSize, blockSize;
Crew crew;

namespace {

uint3 position(size_t index, dim3 size) {
  return {(unsigned)(index % size.x), (unsigned)(index / size.x % size.y), (unsigned)(index / size.x / size.y)};
}

/* NaN: nobody may count on what shared memory holds at first. */
void spoilShared(const Block &block) {
  openShared(block);
  memset(block.dynamicShared, 0xff, crew.sharedBytes);
  closeShared(block);
}

}  // namespace

void openShared([[maybe_unused]] const Block &block) {
#ifdef __SANITIZE_ADDRESS__
  ASAN_UNPOISON_MEMORY_REGION(block.dynamicShared, crew.sharedBytes);
#endif
}

void closeShared([[maybe_unused]] const Block &block) {
#ifdef __SANITIZE_ADDRESS__
  ASAN_POISON_MEMORY_REGION(block.dynamicShared, crew.sharedBytes);
#endif
}

bool arrange(const Launch &launch) {
  gridSize = launch.grid;
  blockSize = launch.block;
  crew.together = launch.together;
  crew.sharedBytes = launch.sharedBytes;
  size_t blockCount = blocksTogether(launch), clusterBlocks = launch.cluster;
  unsigned size = blockSize.x * blockSize.y * blockSize.z;
  unsigned warpsPerBlock = (size + WARP_SIZE - 1) / WARP_SIZE;
  crew.threads.assign(blockCount * size, Thread{});
  crew.warps.assign(blockCount * warpsPerBlock, Warp{});
  crew.blocks.assign(blockCount, Block{});
  crew.clusters.assign(blockCount / clusterBlocks, Cluster{});
  for (size_t c = 0; c < crew.clusters.size(); c++) {
    crew.clusters[c].size = clusterBlocks * size;
    crew.clusters[c].first = c * crew.clusters[c].size;
  }
  crew.shared.clear();
  for (size_t b = 0; b < blockCount; b++) {
    Block &block = crew.blocks[b];
    block.first = b * size;
    block.size = size;
    block.cluster = &crew.clusters[b / clusterBlocks];
    /* of exactly that size, so that AddressSanitizer sees the end */
    void *shared = nullptr;
    if (posix_memalign(&shared, 256, std::max<size_t>(crew.sharedBytes, 1)) != 0) {
      return false;
    }
    crew.shared.emplace_back(shared, free);
    block.dynamicShared = static_cast<char *>(shared);
    for (unsigned t = 0; t < size; t++) {
      Thread &thread = crew.threads[block.first + t];
      thread.index = position(t, blockSize);
      thread.lane = t % WARP_SIZE;
      thread.warp = &crew.warps[b * warpsPerBlock + t / WARP_SIZE];
      thread.block = &block;
      if (thread.lane == 0) {
        thread.warp->first = block.first + t;
        thread.warp->lanes = std::min(WARP_SIZE, size - t);
      }
    }
  }
  return true;
}

void seat(size_t firstBlock) {
  for (size_t b = 0; b < crew.blocks.size(); b++) {
    Block &block = crew.blocks[b];
    block.index = position(firstBlock + b, gridSize);
    block.waiting = 0;
    block.started = false;
    block.live = block.size;
    spoilShared(block);
  }
  for (Cluster &cluster : crew.clusters) {
    cluster.live = cluster.size;
    cluster.arrived = 0;
  }
  for (Warp &warp : crew.warps) {
    warp.live = WHOLE_WARP >> (WARP_SIZE - warp.lanes);
    warp.waiting = 0;
  }
  for (Thread &thread : crew.threads) {
    thread.state = State::READY;
    thread.observed = 0;
  }
  crew.unfinished = crew.threads.size();
  crew.atGrid = 0;
  crew.underWay.clear();
}

}  // namespace emulation
