#include "runtime.h"

namespace {

struct Meaning {
  cudaError_t error;
  const char *name, *text;
};

const Meaning MEANINGS[] = {
    {cudaSuccess, "cudaSuccess", "no error"},
    {cudaErrorInvalidValue, "cudaErrorInvalidValue", "invalid argument"},
    {cudaErrorMemoryAllocation, "cudaErrorMemoryAllocation", "out of memory"},
    {cudaErrorInvalidConfiguration, "cudaErrorInvalidConfiguration", "invalid configuration argument"},
    {cudaErrorInvalidDevice, "cudaErrorInvalidDevice", "invalid device ordinal"},
    {cudaErrorInvalidResourceHandle, "cudaErrorInvalidResourceHandle", "invalid resource handle"},
    {cudaErrorIllegalAddress, "cudaErrorIllegalAddress", "an illegal memory access was encountered"},
    {cudaErrorInvalidClusterSize, "cudaErrorInvalidClusterSize", "cluster misconfiguration"},
    {cudaErrorCooperativeLaunchTooLarge, "cudaErrorCooperativeLaunchTooLarge",
     "too many blocks in cooperative launch"},
    {cudaErrorStreamCaptureUnsupported, "cudaErrorStreamCaptureUnsupported",
     "operation not permitted when stream is capturing"},
    {cudaErrorStreamCaptureInvalidated, "cudaErrorStreamCaptureInvalidated",
     "operation failed due to a previous error during capture"},
    {cudaErrorStreamCaptureMerge, "cudaErrorStreamCaptureMerge",
     "operation would result in a merge of separate capture sequences"},
    {cudaErrorStreamCaptureUnmatched, "cudaErrorStreamCaptureUnmatched",
     "capture was not ended in the same stream as it began"},
    {cudaErrorStreamCaptureUnjoined, "cudaErrorStreamCaptureUnjoined",
     "capturing stream has unjoined work"},
    {cudaErrorStreamCaptureIsolation, "cudaErrorStreamCaptureIsolation",
     "dependency created on uncaptured work in another stream"},
    {cudaErrorCapturedEvent, "cudaErrorCapturedEvent",
     "operation not permitted on an event last recorded in a capturing stream"},
    {static_cast<cudaError_t>(CAROUSEL_EMULATION_DEADLOCK), "CAROUSEL_EMULATION_DEADLOCK",
     "threads wait for others that never come"},
    {static_cast<cudaError_t>(CAROUSEL_EMULATION_STATIC_SHARED), "CAROUSEL_EMULATION_STATIC_SHARED",
     "static __shared__ memory where blocks run together"},
};

const Meaning &meaning(cudaError_t error) {
  for (const Meaning &known : MEANINGS) {
    if (known.error == error) {
      return known;
    }
  }
  static const Meaning UNKNOWN = {cudaSuccess, "cudaErrorUnknown", "unknown error"};
  return UNKNOWN;
}

}  // namespace

const char *cudaGetErrorName(cudaError_t error) { return meaning(error).name; }
const char *cudaGetErrorString(cudaError_t error) { return meaning(error).text; }
