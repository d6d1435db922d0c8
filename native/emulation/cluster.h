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

/* Counts bytes that blocks of a cluster store into the shared memory of one. */
struct Arrivals {
  uint32_t phases; /* that are over */
  bool expected;   /* whether the bytes of this phase are known */
  int64_t missing;
};

void beginArrivals(Arrivals *arrivals);
void expectArrivals(Arrivals *arrivals, unsigned bytes, int line);
void awaitArrivals(Arrivals *arrivals, uint32_t phase, int line);
void storeCounted(void *to, unsigned rank, const void *value, size_t bytes, Arrivals *arrivals, int line);

}  // namespace emulation

namespace carousel {

using emulation::Arrivals;

inline void arrivals_begin(Arrivals *arrivals) { emulation::beginArrivals(arrivals); }
inline void arrivals_expect(Arrivals *arrivals, unsigned bytes, int line = __builtin_LINE()) {
  emulation::expectArrivals(arrivals, bytes, line);
}
inline void arrivals_await(Arrivals *arrivals, uint32_t phase, int line = __builtin_LINE()) {
  emulation::awaitArrivals(arrivals, phase, line);
}
template <class V>
void store_counted(V *to, unsigned rank, const V &value, Arrivals *arrivals, int line = __builtin_LINE()) {
  static_assert(sizeof(V) == 8 || sizeof(V) == 16, "packs are of 8 or 16 bytes");
  emulation::storeCounted(to, rank, &value, sizeof value, arrivals, line);
}

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
