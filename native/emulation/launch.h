/* Launching kernels: at once, or on an emulated stream. */
#ifndef CAROUSEL_EMULATION_LAUNCH_H
#define CAROUSEL_EMULATION_LAUNCH_H

#include <functional>

#include "carousel/status.h"
#include "vectors.h"

namespace emulation {

/* The emulated GPU; of blocks that run together, one fits on a multiprocessor. */
constexpr int MULTIPROCESSORS = 16, CAPABILITY = 90;
/* As many, but a check may ask how work would be cut for a larger GPU. */
extern int multiprocessors;
constexpr size_t MOST_SHARED = 227 << 10; /* of a block that runs together with others */

/* Blocks that run together may wait for each other: those of a cluster, or all. */
enum class Together { NONE, CLUSTER, GRID };

struct Launch {
  const char *kernel;
  dim3 grid, block;
  size_t sharedBytes;
  Together together;
  unsigned cluster; /* blocks in a cluster */
  std::function<void()> thread;
};

/* How many blocks run together. */
size_t blocksTogether(const Launch &launch);

/* What CUDA would refuse without running it. */
carousel_status check(const Launch &launch);

/* Enqueues it, after check(); on stream NULL it runs at once. */
carousel_status enqueue(Launch launch, carousel_stream stream);

template <class Body, class... Arguments>
carousel_status launch(const char *kernel, Together together, unsigned cluster, dim3 grid, dim3 block,
                       size_t sharedBytes, carousel_stream stream, Body body, Arguments... arguments) {
  return enqueue({kernel, grid, block, sharedBytes, together, cluster, [=] { body(arguments...); }}, stream);
}

/* How many clusters there are at once. */
int mostClusters(unsigned cluster, dim3 block, size_t sharedBytes);

}  // namespace emulation

namespace carousel {

struct GpuLimits {
  int multiprocessors, shared_bytes, capability;
};

inline carousel_status gpu_limits(GpuLimits *limits) {
  *limits = {emulation::multiprocessors, (int)emulation::MOST_SHARED, emulation::CAPABILITY};
  return CAROUSEL_OK;
}

template <class Kernel>
int max_active_clusters(Kernel *, unsigned cluster_size, dim3 block, size_t shared_bytes) {
  return emulation::mostClusters(cluster_size, block, shared_bytes);
}

}  // namespace carousel

/* Arguments are evaluated and copied now, as by CUDA; a template's name with commas goes into parentheses. */
#define CAROUSEL_EMULATED_LAUNCH(kernel, together, cluster, grid, block, sharedBytes, stream, ...) \
  ::emulation::launch(                                                                             \
      #kernel, ::emulation::Together::together, cluster, grid, block, sharedBytes, stream,         \
      [=](const auto &...arguments) { (kernel)(arguments...); }, ##__VA_ARGS__)
#define CAROUSEL_LAUNCH(kernel, grid, block, sharedBytes, stream, ...) \
  CAROUSEL_EMULATED_LAUNCH(kernel, NONE, 1, grid, block, sharedBytes, stream, ##__VA_ARGS__)
#define CAROUSEL_LAUNCH_COOPERATIVE(kernel, grid, block, sharedBytes, stream, ...) \
  CAROUSEL_EMULATED_LAUNCH(kernel, GRID, 1, grid, block, sharedBytes, stream, ##__VA_ARGS__)
#define CAROUSEL_LAUNCH_CLUSTER(kernel, cluster, grid, block, sharedBytes, stream, ...) \
  CAROUSEL_EMULATED_LAUNCH(kernel, CLUSTER, cluster, grid, block, sharedBytes, stream, ##__VA_ARGS__)

#endif
