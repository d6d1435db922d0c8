/* The few names of CUDA's runtime that kernel sources use besides launching. */
#ifndef CAROUSEL_EMULATION_RUNTIME_H
#define CAROUSEL_EMULATION_RUNTIME_H

#include "carousel/status.h"

/* Values are CUDA's. */
enum cudaError_t : int {
  cudaSuccess = 0,
  cudaErrorInvalidValue = 1,
  cudaErrorMemoryAllocation = 2,
  cudaErrorInvalidConfiguration = 9,
  cudaErrorInvalidDevice = 101,
  cudaErrorInvalidResourceHandle = 400,
  cudaErrorIllegalAddress = 700,
  cudaErrorCooperativeLaunchTooLarge = 720,
  cudaErrorStreamCaptureUnsupported = 900,
  cudaErrorStreamCaptureInvalidated = 901,
  cudaErrorStreamCaptureMerge = 902,
  cudaErrorStreamCaptureUnmatched = 903,
  cudaErrorStreamCaptureUnjoined = 904,
  cudaErrorStreamCaptureIsolation = 905,
  cudaErrorCapturedEvent = 907,
  cudaErrorInvalidClusterSize = 912
};

/* Threads wait at different places, for threads that have ended, or for flags that nobody publishes. */
#define CAROUSEL_EMULATION_DEADLOCK (-101)
/* Blocks that run together use static __shared__ memory, of which the emulation has one copy for all blocks. */
#define CAROUSEL_EMULATION_STATIC_SHARED (-102)

using cudaStream_t = carousel_stream;

const char *cudaGetErrorName(cudaError_t error);
const char *cudaGetErrorString(cudaError_t error);

/* There is one emulated GPU, number 0. */
inline cudaError_t cudaSetDevice(int ordinal) { return ordinal == 0 ? cudaSuccess : cudaErrorInvalidDevice; }
inline cudaError_t cudaGetLastError() { return cudaSuccess; } /* launches return their status themselves */

#endif
