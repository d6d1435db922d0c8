/* Launching kernels: at once, or on an emulated stream. */
#ifndef CAROUSEL_EMULATION_LAUNCH_H
#define CAROUSEL_EMULATION_LAUNCH_H

#include <functional>

#include "carousel/status.h"
#include "vectors.h"

namespace emulation {

/* The emulated GPU; of blocks that run together, one fits on a multiprocessor. */
constexpr int MULTIPROCESSORS = 16, CAPABILITY = 90;
constexpr size_t MOST_SHARED = 227 << 10; /* of a block that runs together with others */

struct Launch {
  const char *kernel;
  dim3 grid, block;
  size_t sharedBytes;
  bool cooperative; /* blocks run together and may wait for each other */
  std::function<void()> thread;
};

/* What CUDA would refuse without running it. */
carousel_status check(const Launch &launch);

/* Enqueues it, after check(); on stream NULL it runs at once. */
carousel_status enqueue(Launch launch, carousel_stream stream);

template <class Body, class... Arguments>
carousel_status launch(const char *kernel, bool cooperative, dim3 grid, dim3 block, size_t sharedBytes,
                       carousel_stream stream, Body body, Arguments... arguments) {
  return enqueue({kernel, grid, block, sharedBytes, cooperative, [=] { body(arguments...); }}, stream);
}

}  // namespace emulation

namespace carousel {

struct GpuLimits {
  int multiprocessors, shared_bytes, capability;
};

inline carousel_status gpu_limits(GpuLimits *limits) {
  *limits = {emulation::MULTIPROCESSORS, (int)emulation::MOST_SHARED, emulation::CAPABILITY};
  return CAROUSEL_OK;
}

}  // namespace carousel

/* Arguments are evaluated and copied now, as by CUDA; a template's name with commas goes into parentheses. */
#define CAROUSEL_LAUNCH(kernel, grid, block, sharedBytes, stream, ...)     \
  ::emulation::launch(                                                     \
      #kernel, false, grid, block, sharedBytes, stream,                    \
      [=](const auto &...arguments) { (kernel)(arguments...); }, ##__VA_ARGS__)
#define CAROUSEL_LAUNCH_COOPERATIVE(kernel, grid, block, sharedBytes, stream, ...) \
  ::emulation::launch(                                                             \
      #kernel, true, grid, block, sharedBytes, stream,                             \
      [=](const auto &...arguments) { (kernel)(arguments...); }, ##__VA_ARGS__)

#endif
