/* Launching kernels: at once, or on an emulated stream. */
#ifndef CAROUSEL_EMULATION_LAUNCH_H
#define CAROUSEL_EMULATION_LAUNCH_H

#include <functional>

#include "carousel/status.h"
#include "vectors.h"

namespace emulation {

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
