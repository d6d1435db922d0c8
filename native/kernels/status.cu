// The library itself: its number, its toolkit, its statuses.
#include "hw.cuh"

int32_t carousel_abi(void) { return CAROUSEL_ABI; }

carousel_status carousel_set_device(int32_t ordinal) {
  cudaError_t error = cudaSetDevice(ordinal);
#ifndef CAROUSEL_EMULATION
  if (error != cudaSuccess) {
    cudaGetLastError();
  }
#endif
  return static_cast<carousel_status>(error);
}

int32_t carousel_toolkit(void) {
#ifdef CAROUSEL_EMULATION
  return 0;
#else
  return CUDART_VERSION;
#endif
}

const char *carousel_status_name(carousel_status status) {
  if (status == CAROUSEL_INVALID_ARGUMENT) {
    return "CAROUSEL_INVALID_ARGUMENT";
  }
  if (status == CAROUSEL_UNSUPPORTED) {
    return "CAROUSEL_UNSUPPORTED";
  }
  return cudaGetErrorName(static_cast<cudaError_t>(status));
}

const char *carousel_status_text(carousel_status status) {
  if (status == CAROUSEL_INVALID_ARGUMENT) {
    return "the kernel library refused an argument";
  }
  if (status == CAROUSEL_UNSUPPORTED) {
    return "this GPU cannot run it";
  }
  return cudaGetErrorString(static_cast<cudaError_t>(status));
}
