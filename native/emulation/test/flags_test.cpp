/* Blocks that run together and wait for each other's flags. */
#include <string>
#include <vector>

#include "carousel/graph.h"
#include "check.h"
#include "emulation.h"
#include "machine.h"

namespace {

using emulation::Machine;
using emulation::Order;
using emulation::Timing;

constexpr int BLOCKS = 16, THREADS = 256, STEPS = 5, SHARED = 200 << 10;

enum Fault { NONE, EARLY, UNPUBLISHED };

/* Passes sums around: in each step every thread of every block needs a number of every block. */
__global__ void exchange(uint32_t *flags, int64_t *slots, int64_t *out, Fault fault) {
  CAROUSEL_DYNAMIC_SHARED(int64_t, shared);
  constexpr size_t LAST = SHARED / sizeof(int64_t) - THREADS;
  int block = blockIdx.x, i = threadIdx.x;
  int64_t value = block * THREADS + i;
  for (int step = 1; step <= STEPS; step++) {
    int64_t *slot = slots + step % 2 * BLOCKS * THREADS;
    __stcg(&slot[block * THREADS + i], value);
    if (fault != EARLY) {
      __syncthreads();
    }
    if (i == 0 && (fault != UNPUBLISHED || block != 3 || step < STEPS)) {
      carousel::publish(&flags[block], step);
    }
    if (i < BLOCKS) {
      while (carousel::observe(&flags[i]) < (uint32_t)step) {
        carousel::spin();
      }
    }
    __syncthreads();
    value = 0;
    for (int b = 0; b < BLOCKS; b++) {
      value += (b + 1) * __ldcg(&slot[b * THREADS + (i + b + step) % THREADS]);
    }
    shared[LAST + i] = value % 1000003;
    __syncthreads();
    value = shared[LAST + (i + 1) % THREADS] + block;
    __syncthreads();
  }
  out[block * THREADS + i] = value;
}
constexpr int LINE_OF_SPIN = __LINE__ - 15;

std::vector<int64_t> expected() {
  std::vector<int64_t> values(BLOCKS * THREADS), sums(THREADS);
  for (int i = 0; i < BLOCKS * THREADS; i++) {
    values[i] = i;
  }
  for (int step = 1; step <= STEPS; step++) {
    for (int i = 0; i < THREADS; i++) {
      sums[i] = 0;
      for (int b = 0; b < BLOCKS; b++) {
        sums[i] += (b + 1) * values[b * THREADS + (i + b + step) % THREADS];
      }
    }
    for (int i = 0; i < BLOCKS * THREADS; i++) {
      values[i] = sums[(i + 1) % THREADS] % 1000003 + i / THREADS;
    }
  }
  return values;
}

struct Exchange {
  explicit Exchange(Order order) : machine(order, Timing::EAGER, 1 << 20) {
    flags = static_cast<uint32_t *>(machine.memory.allocate(BLOCKS * sizeof(uint32_t)));
    slots = static_cast<int64_t *>(machine.memory.allocate(2 * BLOCKS * THREADS * sizeof(int64_t)));
    out = static_cast<int64_t *>(machine.memory.allocate(BLOCKS * THREADS * sizeof(int64_t)));
  }

  carousel_status run(Fault fault) {
    return CAROUSEL_LAUNCH_COOPERATIVE(exchange, BLOCKS, THREADS, SHARED, stream, flags, slots, out, fault);
  }

  bool right() const { return std::vector<int64_t>(out, out + BLOCKS * THREADS) == expected(); }

  Machine machine;
  emulation::Stream *stream = machine.openStream();
  uint32_t *flags;
  int64_t *slots, *out;
};

/* All lanes of a warp ask, and go on together. */
__global__ void askTogether(uint32_t *flags, int *out) {
  if (blockIdx.x == 0) {
    for (;;) {
      bool there = carousel::observe(&flags[threadIdx.x]) == 1;
      if (__all_sync(~0u, there)) {
        break;
      }
      carousel::spin();
    }
    out[threadIdx.x] = 1;
  } else {
    carousel::publish(&flags[threadIdx.x], 1);
  }
}

/* A flag that comes after some have looked, and before they spin. */
__global__ void publishBetween(uint32_t *flag) {
  bool there = carousel::observe(flag) == 1;
  if (threadIdx.x == 32) {
    carousel::publish(flag, 1);
  }
  __syncthreads();
  while (!there) {
    carousel::spin();
    there = carousel::observe(flag) == 1;
  }
}

__global__ void storeShared(char *out, size_t last) {
  CAROUSEL_DYNAMIC_SHARED(char, shared);
  shared[last] = (char)blockIdx.x;
  __syncthreads();
  out[blockIdx.x] = shared[last];
}

void replay(Order order) {
  Exchange recorded(order);
  carousel_graph graph = nullptr;
  int64_t nodes = 0;
  CHECK(carousel_graph_begin(recorded.stream) == CAROUSEL_OK);
  CHECK(recorded.run(NONE) == CAROUSEL_OK);
  CHECK(carousel_graph_end(recorded.stream, &graph, &nodes) == CAROUSEL_OK);
  CHECK(nodes == 1 && !recorded.right());
  CHECK(carousel_graph_launch(graph, recorded.stream) == CAROUSEL_OK);
  CHECK(recorded.right());
  CHECK(carousel_graph_destroy(graph) == CAROUSEL_OK);
}

void refusals(Order order) {
  Machine machine(order, Timing::EAGER, 1 << 20);
  emulation::Stream *stream = machine.openStream();
  carousel::GpuLimits limits = {};
  CHECK(carousel::gpu_limits(&limits) == CAROUSEL_OK);
  CHECK(limits.multiprocessors == 16 && limits.shared_bytes == 227 * 1024 && limits.capability == 90);
  int blocks = limits.multiprocessors;
  size_t most = limits.shared_bytes;
  std::vector<char> out(blocks);
  CHECK(CAROUSEL_LAUNCH_COOPERATIVE(storeShared, blocks, 1, most, stream, out.data(), most - 1) == CAROUSEL_OK);
  for (int b = 0; b < blocks; b++) {
    CHECK(out[b] == b);
  }
  CHECK(CAROUSEL_LAUNCH_COOPERATIVE(storeShared, 1, 1, most + 1, stream, out.data(), 0) == cudaErrorInvalidValue);
  CHECK(CAROUSEL_LAUNCH_COOPERATIVE(storeShared, blocks + 1, 1, 1, stream, out.data(), 0) ==
        cudaErrorCooperativeLaunchTooLarge);
  CHECK(CAROUSEL_LAUNCH(storeShared, 1, 1, most, stream, out.data(), 0) == cudaErrorInvalidValue);
}

}  // namespace

void testFlags() {
  for (Order order : {Order::FORWARD, Order::REVERSED}) {
    Exchange right(order);
    CHECK(right.run(NONE) == CAROUSEL_OK);
    CHECK(right.right());

    Exchange stuck(order);
    CHECK(stuck.run(UNPUBLISHED) == CAROUSEL_EMULATION_DEADLOCK);
    CHECK(stuck.machine.explanation().find("waits for a flag in line " + std::to_string(LINE_OF_SPIN)) !=
          std::string::npos);

    Machine machine(order, Timing::EAGER, 1 << 20);
    uint32_t flags[32] = {};
    int out[32] = {};
    CHECK(CAROUSEL_LAUNCH_COOPERATIVE(askTogether, 2, 32, 0, machine.openStream(), flags, out) == CAROUSEL_OK);
    CHECK(out[0] == 1 && out[31] == 1);
    flags[7] = 0;
    CHECK(CAROUSEL_LAUNCH_COOPERATIVE(askTogether, 1, 32, 0, machine.openStream(), flags, out) ==
          CAROUSEL_EMULATION_DEADLOCK);

    Machine another(order, Timing::EAGER, 1 << 20);
    flags[0] = 0;
    CHECK(CAROUSEL_LAUNCH(publishBetween, 1, 64, 0, another.openStream(), flags) == CAROUSEL_OK);
    CHECK(CAROUSEL_LAUNCH(publishBetween, 1, 32, 0, another.openStream(), flags + 7) == CAROUSEL_EMULATION_DEADLOCK);

    replay(order);
    refusals(order);
  }
  Exchange early(Order::FORWARD); /* its first thread publishes before the others have written */
  CHECK(early.run(EARLY) == CAROUSEL_OK);
  CHECK(!early.right());
}
