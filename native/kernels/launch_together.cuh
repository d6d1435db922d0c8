// Launching blocks that run together, so that they may wait for each other.
#pragma once

#ifdef CAROUSEL_EMULATION

#include "launch.h"

#else

#include <utility>

#include "carousel/status.h"

namespace carousel {

// What blocks that run together have to fit into.
struct GpuLimits {
  int multiprocessors;
  int shared_bytes;  // of a block, at most
  int capability;    // 90 is compute capability 9.0
};

// An error is returned once: the next launch is not to report it again.
inline carousel_status taken(cudaError_t error) {
  if (error != cudaSuccess) {
    cudaGetLastError();
  }
  return static_cast<carousel_status>(error);
}

// Of the current device; cheap enough for every launch.
inline carousel_status gpu_limits(GpuLimits *limits) {
  int device = 0, major = 0, minor = 0;
  cudaError_t error = cudaGetDevice(&device);
  auto ask = [&](int *value, cudaDeviceAttr attribute) {
    error = error == cudaSuccess ? cudaDeviceGetAttribute(value, attribute, device) : error;
  };
  ask(&limits->multiprocessors, cudaDevAttrMultiProcessorCount);
  ask(&limits->shared_bytes, cudaDevAttrMaxSharedMemoryPerBlockOptin);
  ask(&major, cudaDevAttrComputeCapabilityMajor);
  ask(&minor, cudaDevAttrComputeCapabilityMinor);
  limits->capability = 10 * major + minor;
  return taken(error);
}

// Lets a kernel without static shared memory have as much as there is: always the same, as threads may launch at once.
template <class Kernel>
carousel_status allow_all_shared_memory(Kernel *kernel) {
  GpuLimits limits;
  carousel_status status = gpu_limits(&limits);
  return status != CAROUSEL_OK ? status
                               : taken(cudaFuncSetAttribute(kernel, cudaFuncAttributeMaxDynamicSharedMemorySize,
                                                            limits.shared_bytes));
}

template <class... Parameters, class... Arguments>
carousel_status launch_cooperative(void (*kernel)(Parameters...), dim3 grid, dim3 block, size_t shared_bytes,
                                   carousel_stream stream, Arguments &&...arguments) {
  carousel_status status = allow_all_shared_memory(kernel);
  if (status != CAROUSEL_OK) {
    return status;
  }
  cudaLaunchAttribute together = {};
  together.id = cudaLaunchAttributeCooperative;
  together.val.cooperative = 1;
  cudaLaunchConfig_t config = {};
  config.gridDim = grid;
  config.blockDim = block;
  config.dynamicSmemBytes = shared_bytes;
  config.stream = static_cast<cudaStream_t>(stream);
  config.attrs = &together;
  config.numAttrs = 1;
  return taken(cudaLaunchKernelEx(&config, kernel, std::forward<Arguments>(arguments)...));
}

}  // namespace carousel

// Enqueues a kernel whose blocks all run together, and evaluates to the status of the launch:
// cudaErrorCooperativeLaunchTooLarge where they do not fit. Up to GpuLimits::shared_bytes of dynamic shared memory;
// static shared memory is not for such kernels. May be captured.
#define CAROUSEL_LAUNCH_COOPERATIVE(kernel, grid, block, shared_bytes, stream, ...) \
  carousel::launch_cooperative(kernel, grid, block, shared_bytes, stream, ##__VA_ARGS__)

#endif
