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

// Which blocks of a launch run together: all, or those of a cluster.
struct Together {
  static Together whole_grid() {
    Together together;
    together.attribute.id = cudaLaunchAttributeCooperative;
    together.attribute.val.cooperative = 1;
    return together;
  }
  static Together cluster(unsigned blocks) {
    Together together;
    together.attribute.id = cudaLaunchAttributeClusterDimension;
    together.attribute.val.clusterDim = {blocks, 1, 1};
    return together;
  }

  // Lets a kernel be launched so; larger clusters than of 8 blocks are not on every GPU.
  template <class Kernel>
  carousel_status allow(Kernel *kernel) const {
    carousel_status status = allow_all_shared_memory(kernel);
    bool large = attribute.id == cudaLaunchAttributeClusterDimension && attribute.val.clusterDim.x > 8;
    return status != CAROUSEL_OK || !large
               ? status
               : taken(cudaFuncSetAttribute(kernel, cudaFuncAttributeNonPortableClusterSizeAllowed, 1));
  }

  // Holds a pointer to this.
  cudaLaunchConfig_t config(dim3 grid, dim3 block, size_t shared_bytes, carousel_stream stream) {
    cudaLaunchConfig_t config = {};
    config.gridDim = grid;
    config.blockDim = block;
    config.dynamicSmemBytes = shared_bytes;
    config.stream = static_cast<cudaStream_t>(stream);
    config.attrs = &attribute;
    config.numAttrs = 1;
    return config;
  }

  cudaLaunchAttribute attribute = {};
};

template <class... Parameters, class... Arguments>
carousel_status launch_together(Together together, void (*kernel)(Parameters...), dim3 grid, dim3 block,
                                size_t shared_bytes, carousel_stream stream, Arguments &&...arguments) {
  carousel_status status = together.allow(kernel);
  cudaLaunchConfig_t config = together.config(grid, block, shared_bytes, stream);
  return status != CAROUSEL_OK
             ? status
             : taken(cudaLaunchKernelEx(&config, kernel, std::forward<Arguments>(arguments)...));
}

// How many clusters of so many blocks the current device runs at once; 0 where it runs none, or where the kernel at
// hand was compiled for GPUs without clusters.
template <class... Parameters>
int max_active_clusters(void (*kernel)(Parameters...), unsigned cluster_size, dim3 block, size_t shared_bytes) {
  cudaFuncAttributes code = {};
  if (taken(cudaFuncGetAttributes(&code, kernel)) != CAROUSEL_OK || code.ptxVersion < 90) {
    return 0;
  }
  Together together = Together::cluster(cluster_size);
  cudaLaunchConfig_t config = together.config(cluster_size, block, shared_bytes, nullptr);
  int clusters = 0;
  bool known = together.allow(kernel) == CAROUSEL_OK &&
               taken(cudaOccupancyMaxActiveClusters(&clusters, kernel, &config)) == CAROUSEL_OK;
  return known ? clusters : 0;
}

}  // namespace carousel

// Enqueues a kernel whose blocks all run together, and evaluates to the status of the launch:
// cudaErrorCooperativeLaunchTooLarge where they do not fit. Up to GpuLimits::shared_bytes of dynamic shared memory;
// static shared memory is not for such kernels. May be captured.
#define CAROUSEL_LAUNCH_COOPERATIVE(kernel, grid, block, shared_bytes, stream, ...) \
  carousel::launch_together(carousel::Together::whole_grid(), kernel, grid, block, shared_bytes, stream, ##__VA_ARGS__)

// The same for clusters of up to 16 blocks, neighbours along x: those of a cluster run together, clusters as there is
// room. From compute capability 9.0 on; more than 8 blocks only where max_active_clusters() says so.
#define CAROUSEL_LAUNCH_CLUSTER(kernel, cluster_size, grid, block, shared_bytes, stream, ...)                          \
  carousel::launch_together(carousel::Together::cluster(cluster_size), kernel, grid, block, shared_bytes, stream, \
                            ##__VA_ARGS__)

#endif
