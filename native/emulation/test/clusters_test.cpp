/* Clusters: blocks that run together and use each other's shared memory. */
#include <vector>

#include "check.h"
#include "emulation.h"
#include "machine.h"

namespace {

using emulation::Machine;
using emulation::Order;
using emulation::Timing;

constexpr int CLUSTER = 4, CLUSTERS = 3, THREADS = 64, STEPS = 3, BYTES = 200 << 10;

enum Fault { NONE, TOO_EARLY, NO_ARRIVE };

void clusterBarrier() {
  carousel::cluster_arrive();
  carousel::cluster_wait();
}

/* In each step every thread hands its number to the next block of its cluster, its place turned round. */
__global__ void passOn(int *out, Fault fault) {
  CAROUSEL_DYNAMIC_SHARED(int, shared);
  int *in = shared + BYTES / sizeof(int) - 2 * THREADS; /* two halves: one is read while the other is written */
  unsigned rank = carousel::cluster_rank(), size = carousel::cluster_size(), i = threadIdx.x;
  int value = (int)(blockIdx.x * THREADS + i);
  int *next = carousel::remote(in, (rank + 1) % size);
  clusterBarrier();
  for (int step = 0; step < STEPS; step++) {
    next[step % 2 * THREADS + THREADS - 1 - i] = value;
    if (fault != NO_ARRIVE) {
      carousel::cluster_arrive();
    }
    int own = value % 2, early = fault == TOO_EARLY ? in[step % 2 * THREADS + i] : 0;
    carousel::cluster_wait();
    value = own + (fault == TOO_EARLY ? early : in[step % 2 * THREADS + i]);
  }
  clusterBarrier();
  out[blockIdx.x * THREADS + i] = value;
}

std::vector<int> expected() {
  std::vector<int> values(CLUSTERS * CLUSTER * THREADS);
  for (int i = 0; i < (int)values.size(); i++) {
    values[i] = i;
  }
  for (int step = 0; step < STEPS; step++) {
    std::vector<int> old = values;
    for (int i = 0; i < (int)values.size(); i++) {
      int block = i / THREADS, first = block / CLUSTER * CLUSTER;
      int before = first + (block - first + CLUSTER - 1) % CLUSTER;
      values[i] = old[before * THREADS + THREADS - 1 - i % THREADS] + old[i] % 2;
    }
  }
  return values;
}

carousel_status pass(Order order, Fault fault, std::vector<int> *out) {
  Machine machine(order, Timing::EAGER, 1 << 20);
  out->assign(CLUSTERS * CLUSTER * THREADS, -1);
  return CAROUSEL_LAUNCH_CLUSTER(passOn, CLUSTER, CLUSTERS * CLUSTER, THREADS, BYTES, machine.openStream(), out->data(),
                                 fault);
}

/* Some threads end early: the others no longer wait for them. */
__global__ void someLeave(int *out) {
  if (threadIdx.x % 2 == 1) {
    return;
  }
  clusterBarrier();
  out[blockIdx.x * blockDim.x + threadIdx.x] = 1;
}

__global__ void arriveTwice(int *) {
  carousel::cluster_arrive();
  carousel::cluster_arrive();
}

__global__ void arriveAndEnd(int *) { carousel::cluster_arrive(); }

__global__ void oneStaysAway(int *) {
  if (blockIdx.x == 1 && threadIdx.x == 1) {
    __syncthreads();
  } else {
    clusterBarrier();
  }
}

__global__ void askOutside(int *out, unsigned rank, size_t offset) {
  CAROUSEL_DYNAMIC_SHARED(char, shared);
  *out = carousel::remote(shared + offset, rank) != nullptr;
}

__global__ void staticShared(int *out) {
  __shared__ int value;
  value = 1;
  *out = value;
}

__global__ void alone(unsigned *out) {
  clusterBarrier();
  out[0] = carousel::cluster_size();
  out[1] = carousel::cluster_rank();
}

/* Uses the shared memory of its neighbour before that may have started, or after it may have ended. */
__global__ void writeNeighbour(bool waitsAtStart, bool waitsAtEnd) {
  CAROUSEL_DYNAMIC_SHARED(int, shared);
  if (waitsAtStart) {
    clusterBarrier();
  }
  if (carousel::cluster_rank() == 1) {
    __syncthreads();
    *carousel::remote(shared, 0) = 1;
  }
  if (waitsAtEnd) {
    clusterBarrier();
  }
}

void limits(Order order) {
  Machine machine(order, Timing::EAGER, 1 << 20);
  emulation::Stream *stream = machine.openStream();
  int out = 0;
  CHECK(CAROUSEL_LAUNCH_CLUSTER(staticShared, 3, 4, 1, 0, stream, &out) == cudaErrorInvalidClusterSize);
  CHECK(CAROUSEL_LAUNCH_CLUSTER(staticShared, 17, 17, 1, 0, stream, &out) == cudaErrorInvalidClusterSize);
  CHECK(CAROUSEL_LAUNCH_CLUSTER(staticShared, 16, 16, 512, 0, stream, &out) == cudaErrorInvalidConfiguration);
  CHECK(CAROUSEL_LAUNCH_CLUSTER(staticShared, 2, 2, 1, (227 << 10) + 1, stream, &out) == cudaErrorInvalidValue);
  CHECK(carousel::max_active_clusters(staticShared, 16, 256, 227 << 10) == 1);
  CHECK(carousel::max_active_clusters(staticShared, 5, 256, 0) == 3);
  CHECK(carousel::max_active_clusters(staticShared, 17, 256, 0) == 0);
  CHECK(carousel::max_active_clusters(staticShared, 8, 256, (227 << 10) + 1) == 0);

  std::vector<int> ones(16 * 256);
  CHECK(CAROUSEL_LAUNCH_CLUSTER(someLeave, 16, 16, 256, 0, stream, ones.data()) == CAROUSEL_OK);
  CHECK(ones[0] == 1 && ones[1] == 0 && ones[16 * 256 - 2] == 1);
  unsigned of[2] = {};
  CHECK(CAROUSEL_LAUNCH(alone, 2, 32, 0, stream, of) == CAROUSEL_OK);
  CHECK(of[0] == 1 && of[1] == 0);
  CHECK(CAROUSEL_LAUNCH_CLUSTER(staticShared, 2, 2, 1, 0, stream, &out) == CAROUSEL_EMULATION_STATIC_SHARED);
}

template <class Launch>
void fails(Order order, carousel_status status, const char *reason, Launch launch) {
  Machine machine(order, Timing::EAGER, 1 << 20);
  int out = 0;
  CHECK(launch(machine.openStream(), &out) == status);
  CHECK(machine.explanation().find(reason) != std::string::npos);
}

}  // namespace

void testClusters() {
  int missed = 0;
  for (Order order : {Order::FORWARD, Order::REVERSED}) {
    std::vector<int> out;
    CHECK(pass(order, NONE, &out) == CAROUSEL_OK);
    CHECK(out == expected());
    CHECK(pass(order, TOO_EARLY, &out) == CAROUSEL_OK);
    missed += out != expected();
    CHECK(pass(order, NO_ARRIVE, &out) == CAROUSEL_EMULATION_DEADLOCK);
    limits(order);
    fails(order, CAROUSEL_EMULATION_DEADLOCK, "arrives twice", [](carousel_stream s, int *out) {
      return CAROUSEL_LAUNCH_CLUSTER(arriveTwice, 2, 2, 1, 0, s, out);
    });
    fails(order, CAROUSEL_EMULATION_DEADLOCK, "ends without having waited", [](carousel_stream s, int *out) {
      return CAROUSEL_LAUNCH_CLUSTER(arriveAndEnd, 2, 2, 1, 0, s, out);
    });
    fails(order, CAROUSEL_EMULATION_DEADLOCK, "waits for its cluster", [](carousel_stream s, int *out) {
      return CAROUSEL_LAUNCH_CLUSTER(oneStaysAway, 2, 2, 2, 0, s, out);
    });
    fails(order, cudaErrorIllegalAddress, "not in the shared memory", [](carousel_stream s, int *out) {
      return CAROUSEL_LAUNCH_CLUSTER(askOutside, 2, 2, 1, 8, s, out, 2, 0);
    });
    fails(order, cudaErrorIllegalAddress, "not in the shared memory", [](carousel_stream s, int *out) {
      return CAROUSEL_LAUNCH_CLUSTER(askOutside, 2, 2, 1, 8, s, out, 1, 9);
    });
  }
  CHECK(missed > 0);
}

void useNeighbour(bool waitsAtStart, bool waitsAtEnd) {
  for (Order order : {Order::FORWARD, Order::REVERSED}) {
    Machine machine(order, Timing::EAGER, 1 << 20);
    CAROUSEL_LAUNCH_CLUSTER(writeNeighbour, 2, 2, 2, 64, machine.openStream(), waitsAtStart, waitsAtEnd);
  }
}
