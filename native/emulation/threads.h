/* What a kernel sees of the threads that run it: indices, barriers, exchanges within a warp. */
#ifndef CAROUSEL_EMULATION_THREADS_H
#define CAROUSEL_EMULATION_THREADS_H

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "vectors.h"

namespace emulation {

class Fiber;

constexpr unsigned WARP_SIZE = 32;
constexpr unsigned WHOLE_WARP = 0xffffffffu;

enum class State : uint8_t { READY, AT_WARP, AT_BLOCK, AT_CLUSTER, AT_GRID, SPINNING, ENDED };

/* What lanes that meet hand each other. */
enum class Exchange : uint8_t { NONE, SHUFFLE, BALLOT, BF16_MMA, F16_MMA, TF32_MMA };

struct Cluster {
  size_t first, size; /* threads */
  size_t live, arrived;
  uint64_t passed; /* barriers */
};

struct Block {
  uint3 index;
  Cluster *cluster;
  size_t first; /* its first thread */
  unsigned size;
  unsigned waiting; /* at its barrier, in `line` */
  int line;
  bool started;
  unsigned live; /* threads that have not ended */
  char *dynamicShared;
};

struct Warp {
  size_t first; /* its first thread */
  unsigned lanes;
  unsigned live, waiting; /* lanes as bits */
};

struct Thread {
  uint3 index;
  unsigned lane;
  Warp *warp;
  Block *block;
  Fiber *fiber; /* null before it starts and after it has ended */
  State state;
  Exchange exchange;
  int line;        /* where it waits */
  unsigned mask;   /* the lanes it meets */
  unsigned source; /* the lane whose value it asks for */
  uint64_t given, received;
  bool arrived;        /* at its cluster's barrier, and has not waited yet; ... */
  uint64_t arrivedFor; /* ... which is the one after so many */
  uint64_t observed; /* publications before it last looked at a flag */
};

extern Thread *running;
extern dim3 gridSize, blockSize;

/* Each returns when those that have to have come; `line` is that of the call. */
void meetBlock(int line);
void meetGrid(int line);
void meetLanes(unsigned mask, Exchange exchange, int line);

/*
 * Flags. Who spins waits until somebody publishes, and is then the next to run, so that what a block has yet to write
 * is missed if it may be. Nobody left who could publish: a deadlock.
 */
void publish(uint32_t *flag, uint32_t value);
uint32_t observe(const uint32_t *flag);
void spin(int line);

/* Fails the launch when blocks run together. */
void meetStaticShared();

/* The value of a lane; all bits set (NaN) where that lane takes no part. */
template <class T>
T shuffle(unsigned mask, T value, unsigned source, int line) {
  static_assert(sizeof(T) <= sizeof(uint64_t), "a shuffle moves up to 8 bytes");
  running->given = 0;
  memcpy(&running->given, &value, sizeof value);
  running->source = source;
  meetLanes(mask, Exchange::SHUFFLE, line);
  memcpy(&value, &running->received, sizeof value);
  return value;
}

inline unsigned ballot(unsigned mask, bool vote, int line) {
  running->given = vote;
  meetLanes(mask, Exchange::BALLOT, line);
  return (unsigned)running->received;
}

/* The first lane of the group of `width` lanes that the running thread belongs to. */
inline unsigned groupStart(int width) { return running->lane & ~(unsigned)(width - 1); }

}  // namespace emulation

#define threadIdx (::emulation::running->index)
#define blockIdx (::emulation::running->block->index)
#define blockDim (::emulation::blockSize)
#define gridDim (::emulation::gridSize)
constexpr int warpSize = 32;

#define CAROUSEL_DYNAMIC_SHARED(T, name) T *name = reinterpret_cast<T *>(::emulation::running->block->dynamicShared)

inline void __syncthreads(int line = __builtin_LINE()) { ::emulation::meetBlock(line); }
inline void __syncwarp(unsigned mask = ::emulation::WHOLE_WARP, int line = __builtin_LINE()) {
  ::emulation::meetLanes(mask, ::emulation::Exchange::NONE, line);
}

template <class T>
T __shfl_sync(unsigned mask, T value, int source, int width = 32, int line = __builtin_LINE()) {
  return ::emulation::shuffle(mask, value, ::emulation::groupStart(width) + ((unsigned)source & (width - 1)), line);
}
template <class T>
T __shfl_up_sync(unsigned mask, T value, unsigned delta, int width = 32, int line = __builtin_LINE()) {
  unsigned lane = ::emulation::running->lane;
  bool inside = lane - ::emulation::groupStart(width) >= delta;
  return ::emulation::shuffle(mask, value, inside ? lane - delta : lane, line);
}
template <class T>
T __shfl_down_sync(unsigned mask, T value, unsigned delta, int width = 32, int line = __builtin_LINE()) {
  unsigned lane = ::emulation::running->lane;
  bool inside = lane - ::emulation::groupStart(width) + delta < (unsigned)width;
  return ::emulation::shuffle(mask, value, inside ? lane + delta : lane, line);
}
template <class T>
T __shfl_xor_sync(unsigned mask, T value, int lanes, int width = 32, int line = __builtin_LINE()) {
  unsigned lane = ::emulation::running->lane;
  unsigned other = lane ^ (unsigned)lanes;
  /* groups before one's own may be read, those behind not */
  bool readable = other < ::emulation::groupStart(width) + (unsigned)width;
  return ::emulation::shuffle(mask, value, readable ? other : lane, line);
}
inline unsigned __ballot_sync(unsigned mask, int vote, int line = __builtin_LINE()) {
  return ::emulation::ballot(mask, vote != 0, line);
}
inline int __any_sync(unsigned mask, int vote, int line = __builtin_LINE()) {
  return ::emulation::ballot(mask, vote != 0, line) != 0;
}
inline int __all_sync(unsigned mask, int vote, int line = __builtin_LINE()) {
  return ::emulation::ballot(mask, vote == 0, line) == 0;
}

namespace cooperative_groups {
struct grid_group {
  void sync(int line = __builtin_LINE()) const { ::emulation::meetGrid(line); }
};
struct thread_block {
  void sync(int line = __builtin_LINE()) const { ::emulation::meetBlock(line); }
};
inline grid_group this_grid() { return {}; }
inline thread_block this_thread_block() { return {}; }
}  // namespace cooperative_groups

#endif
