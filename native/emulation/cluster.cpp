#include "cluster.h"

#include <cstring>

#include "runtime.h"
#include "schedule.h"

namespace emulation {

namespace {

size_t blocksOf(const Cluster &cluster) { return cluster.size / crew.blocks[0].size; }

/* Block 0 of the running thread's cluster. */
Block *firstBlock() { return &crew.blocks[running->block->cluster->first / crew.blocks[0].size]; }

void passWhenAllArrived(Cluster &cluster) {
  if (cluster.arrived == cluster.live) {
    cluster.arrived = 0;
    cluster.passed++;
    release(cluster.first, cluster.size, State::AT_CLUSTER);
  }
}

void endPhaseIfAllArrived(Arrivals *arrivals) {
  if (arrivals->expected && arrivals->missing == 0) {
    arrivals->expected = false;
    publish(&arrivals->phases, arrivals->phases + 1);
  }
}

void deliver(const CountedStore &store) {
  memcpy(store.to, store.value, store.bytes);
  store.arrivals->missing -= static_cast<int64_t>(store.bytes);
  endPhaseIfAllArrived(store.arrivals);
}

}  // namespace

unsigned clusterRank() { return (unsigned)(running->block - firstBlock()); }

unsigned clusterSize() { return (unsigned)blocksOf(*running->block->cluster); }

void arriveAtCluster(int line) {
  Thread &self = *running;
  Cluster &cluster = *self.block->cluster;
  if (self.arrived) {
    fail(CAROUSEL_EMULATION_DEADLOCK,
         describe(self) + " arrives twice at a barrier of the cluster in line " + std::to_string(line));
  }
  self.arrived = true;
  self.arrivedFor = cluster.passed;
  cluster.arrived++;
  passWhenAllArrived(cluster);
}

void waitForCluster(int line) {
  Thread &self = *running;
  if (!self.arrived) {
    fail(CAROUSEL_EMULATION_DEADLOCK,
         describe(self) + " waits for its cluster without having arrived in line " + std::to_string(line));
  }
  self.arrived = false;
  if (self.block->cluster->passed == self.arrivedFor) {
    self.state = State::AT_CLUSTER;
    self.line = line;
    suspend();
  }
}

void leaveCluster(Thread &thread) {
  Cluster &cluster = *thread.block->cluster;
  if (thread.arrived) {
    fail(CAROUSEL_EMULATION_DEADLOCK, describe(thread) + " ends without having waited for its cluster");
  }
  cluster.live--;
  if (cluster.live == 0 && !crew.underWay.empty()) {
    fail(CAROUSEL_EMULATION_DEADLOCK, describe(thread) + " ends last of its cluster, and nobody waited for all stores");
  }
  passWhenAllArrived(cluster);
}

void *remoteShared(void *shared, unsigned rank, int line) {
  size_t offset = (size_t)(static_cast<char *>(shared) - running->block->dynamicShared);
  if (offset > crew.sharedBytes || rank >= clusterSize()) {
    fail(cudaErrorIllegalAddress, describe(*running) +
                                      " asks for what is not in the shared memory of its cluster in line " +
                                      std::to_string(line));
  }
  return firstBlock()[rank].dynamicShared + offset;
}

void beginArrivals(Arrivals *arrivals) { *arrivals = {}; }

void expectArrivals(Arrivals *arrivals, unsigned bytes, int line) {
  if (arrivals->expected) {
    fail(CAROUSEL_EMULATION_DEADLOCK,
         describe(*running) + " expects bytes twice in a phase, in line " + std::to_string(line));
  }
  arrivals->expected = true;
  arrivals->missing += bytes;
  endPhaseIfAllArrived(arrivals);
}

void awaitArrivals(Arrivals *arrivals, uint32_t phase, int line) {
  while (observe(&arrivals->phases) <= phase) {
    spin(line);
  }
  if (arrivals->phases > phase + 1) { /* a GPU, which knows odd and even phases only, would wait on */
    fail(CAROUSEL_EMULATION_DEADLOCK,
         describe(*running) + " waits for a phase long over, in line " + std::to_string(line));
  }
}

void deliverAll() {
  std::vector<CountedStore> arrived;
  arrived.swap(crew.underWay);
  for (const CountedStore &store : arrived) {
    deliver(store);
  }
}

void storeCounted(void *to, unsigned rank, const void *value, size_t bytes, Arrivals *arrivals, int line) {
  if (clusterSize() == 1) { /* undefined on a GPU */
    fail(cudaErrorIllegalAddress,
         describe(*running) + " has its own stores counted, alone in its cluster, in line " + std::to_string(line));
  }
  if (reinterpret_cast<uintptr_t>(to) % bytes != 0) {
    fail(cudaErrorIllegalAddress,
         describe(*running) + " stores where a pack is not aligned, in line " + std::to_string(line));
  }
  void *counter = remoteShared(arrivals, rank, line);
  CountedStore store{remoteShared(to, rank, line), static_cast<Arrivals *>(counter), bytes, {}};
  memcpy(store.value, value, bytes);
  if (isLate()) {
    crew.underWay.push_back(store);
  } else {
    deliver(store);
  }
}

}  // namespace emulation
