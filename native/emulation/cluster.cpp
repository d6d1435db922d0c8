#include "cluster.h"

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

}  // namespace emulation
