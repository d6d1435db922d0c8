// The CUDA dialect of the kernels: nvcc for GPUs, or g++ with the emulation (native/emulation), which runs the same
// sources on the CPU. Kernels include no other header of the toolkit.
#pragma once

#include "carousel/status.h"

#ifdef CAROUSEL_EMULATION

#include "emulation.h"

#define CAROUSEL_UNROLL
#define CAROUSEL_ROLLED

#else

#include <cuda_bf16.h>
#include <cuda_fp16.h>
#include <cuda_runtime.h>

// Enqueues a kernel and evaluates to the status of the launch. A kernel whose name holds a comma goes in parentheses.
#define CAROUSEL_LAUNCH(kernel, grid, block, shared_bytes, stream, ...)                             \
  (kernel<<<grid, block, shared_bytes, static_cast<cudaStream_t>(stream)>>>(__VA_ARGS__),           \
   static_cast<carousel_status>(cudaGetLastError()))

// The dynamic shared memory of a block, as an array of T.
#define CAROUSEL_DYNAMIC_SHARED(T, name)                                   \
  extern __shared__ __align__(16) unsigned char carousel_dynamic_shared[]; \
  T *name = reinterpret_cast<T *>(carousel_dynamic_shared)

// Before a loop of a few iterations, known to the compiler, whose arrays are to stay in registers.
#define CAROUSEL_UNROLL _Pragma("unroll")

// Before a loop that is not worth four copies of its body.
#define CAROUSEL_ROLLED _Pragma("unroll 1")

#endif

#include "launch_together.cuh"
#include "persistent_hw.cuh"
