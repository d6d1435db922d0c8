// Recorded work as CUDA graphs. The emulation has its own (native/emulation).
#include "carousel/graph.h"

#ifndef CAROUSEL_EMULATION

#include "hw.cuh"

namespace {

cudaStream_t as_stream(carousel_stream stream) { return static_cast<cudaStream_t>(stream); }

// The status of a runtime call, which does not stay behind as the thread's last error.
carousel_status status_of(cudaError_t error) {
  if (error != cudaSuccess) {
    cudaGetLastError();
  }
  return static_cast<carousel_status>(error);
}

}  // namespace

carousel_status carousel_graph_begin(carousel_stream stream) {
  return status_of(cudaStreamBeginCapture(as_stream(stream), cudaStreamCaptureModeRelaxed));
}

carousel_status carousel_graph_end(carousel_stream stream, carousel_graph *graph, int64_t *nodes) {
  if (graph == nullptr || nodes == nullptr) {
    return CAROUSEL_INVALID_ARGUMENT;
  }
  cudaGraph_t recorded = nullptr;
  carousel_status status = status_of(cudaStreamEndCapture(as_stream(stream), &recorded));
  if (status != CAROUSEL_OK) {
    return status;
  }
  size_t count = 0;
  cudaGraphExec_t ready = nullptr;
  status = status_of(cudaGraphGetNodes(recorded, nullptr, &count));
  if (status == CAROUSEL_OK) {
    status = status_of(cudaGraphInstantiate(&ready, recorded, 0));
  }
  carousel_status destroyed = status_of(cudaGraphDestroy(recorded));
  if (status == CAROUSEL_OK && destroyed != CAROUSEL_OK) {
    cudaGraphExecDestroy(ready);
    status = destroyed;
  }
  if (status == CAROUSEL_OK) {
    *graph = ready;
    *nodes = static_cast<int64_t>(count);
  }
  return status;
}

carousel_status carousel_graph_abandon(carousel_stream stream) {
  cudaStreamCaptureStatus capture = cudaStreamCaptureStatusNone;
  carousel_status status = status_of(cudaStreamIsCapturing(as_stream(stream), &capture));
  if (status != CAROUSEL_OK || capture == cudaStreamCaptureStatusNone) {
    return status;
  }
  cudaGraph_t recorded = nullptr;
  // what invalidated the recording is reported here once more, and was reported where it happened
  status_of(cudaStreamEndCapture(as_stream(stream), &recorded));
  return recorded == nullptr ? CAROUSEL_OK : status_of(cudaGraphDestroy(recorded));
}

carousel_status carousel_graph_launch(carousel_graph graph, carousel_stream stream) {
  if (graph == nullptr) {
    return CAROUSEL_INVALID_ARGUMENT;
  }
  return status_of(cudaGraphLaunch(static_cast<cudaGraphExec_t>(graph), as_stream(stream)));
}

carousel_status carousel_graph_destroy(carousel_graph graph) {
  if (graph == nullptr) {
    return CAROUSEL_INVALID_ARGUMENT;
  }
  return status_of(cudaGraphExecDestroy(static_cast<cudaGraphExec_t>(graph)));
}

#endif
