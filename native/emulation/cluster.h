/* Clusters of blocks, as native/kernels/persistent_hw.cuh says. */
#ifndef CAROUSEL_EMULATION_CLUSTER_H
#define CAROUSEL_EMULATION_CLUSTER_H

#include "threads.h"

namespace emulation {

unsigned clusterRank();
unsigned clusterSize();
void arriveAtCluster(int line);
void waitForCluster(int line);

/* What lies in block `rank` where `shared` lies in this one; fails the launch where there is no such thing. */
void *remoteShared(void *shared, unsigned rank, int line);

}  // namespace emulation

namespace carousel {

inline unsigned cluster_rank() { return emulation::clusterRank(); }
inline unsigned cluster_size() { return emulation::clusterSize(); }
inline void cluster_arrive(int line = __builtin_LINE()) { emulation::arriveAtCluster(line); }
inline void cluster_wait(int line = __builtin_LINE()) { emulation::waitForCluster(line); }

template <class T>
T *remote(T *shared, unsigned rank, int line = __builtin_LINE()) {
  return static_cast<T *>(emulation::remoteShared(shared, rank, line));
}

}  // namespace carousel

#endif
