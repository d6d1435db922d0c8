#include "stream.h"

#include <cstring>

#include "machine.h"
#include "runtime.h"

namespace emulation {

carousel_status Stream::enqueue(Work work) {
  if (machine.failure() != CAROUSEL_OK) {
    return machine.failure();
  }
  if (capturing()) {
    capture->graph.add(branch, std::move(work));
    return CAROUSEL_OK;
  }
  lane->add(std::move(work));
  return machine.runGiven(*lane);
}

carousel_status Stream::synchronize() {
  if (capturing()) {
    return forbidden(cudaErrorStreamCaptureUnsupported);
  }
  return machine.runUntil(*lane, lane->given());
}

carousel_status Stream::await(Stream &other) {
  if (&other == this) {
    return machine.failure();
  }
  if (!capturing() && !other.capturing()) {
    lane->addWait(other.lane, other.lane->given());
    return machine.failure();
  }
  if (!other.capturing()) {
    return forbidden(cudaErrorStreamCaptureIsolation);
  }
  if (!capturing()) { /* a fork */
    capture = other.capture;
    branch = capture->graph.addBranch();
    capture->streams.push_back(this);
  } else if (capture != other.capture) {
    other.forbidden(cudaErrorStreamCaptureMerge);
    return forbidden(cudaErrorStreamCaptureMerge);
  }
  capture->graph.addWait(branch, other.branch);
  return machine.failure();
}

carousel_status Stream::mark(int number) {
  marks[number].captured = capturing();
  marks[number].position = lane->given();
  return machine.failure();
}

carousel_status Stream::awaitMark(int number) {
  if (marks[number].captured) {
    return cudaErrorCapturedEvent;
  }
  return machine.runUntil(*lane, marks[number].position);
}

carousel_status Stream::copy(void *to, size_t toPitch, const void *from, size_t fromPitch, size_t bytes, size_t rows) {
  bool toDevice = machine.memory.isDevice(to, toPitch, bytes, rows);
  bool fromDevice = machine.memory.isDevice(from, fromPitch, bytes, rows);
  if ((!toDevice && !machine.memory.isPinned(to, toPitch, bytes, rows)) ||
      (!fromDevice && !machine.memory.isPinned(from, fromPitch, bytes, rows)) ||
      (rows > 1 && (toPitch < bytes || fromPitch < bytes))) {
    return cudaErrorInvalidValue;
  }
  if (capturing() && !(toDevice && fromDevice)) {
    return forbidden(cudaErrorStreamCaptureUnsupported);
  }
  return enqueue([=](std::string *) {
    for (size_t r = 0; r < rows; r++) {
      memmove(static_cast<char *>(to) + r * toPitch, static_cast<const char *>(from) + r * fromPitch, bytes);
    }
    return CAROUSEL_OK;
  });
}

carousel_status Stream::gemm(const Gemm &product) {
  carousel_status status = check(product, machine.memory);
  return status != CAROUSEL_OK ? status : enqueue([product](std::string *) {
    multiply(product);
    return CAROUSEL_OK;
  });
}

carousel_status Stream::beginCapture() {
  if (capturing()) {
    return forbidden(cudaErrorStreamCaptureUnsupported);
  }
  capture = std::make_shared<Capture>();
  branch = capture->graph.addBranch();
  capture->streams.push_back(this);
  return machine.failure();
}

carousel_status Stream::endCapture(Graph *graph) {
  if (!capturing() || branch != 0) {
    return cudaErrorStreamCaptureUnmatched;
  }
  std::shared_ptr<Capture> ended = capture;
  for (Stream *stream : ended->streams) {
    stream->capture = nullptr;
  }
  if (ended->invalid) {
    return cudaErrorStreamCaptureInvalidated;
  }
  if (!ended->graph.joined()) {
    return cudaErrorStreamCaptureUnjoined;
  }
  *graph = std::move(ended->graph);
  return CAROUSEL_OK;
}

/* A capture that was asked for something forbidden yields no graph. */
carousel_status Stream::forbidden(carousel_status status) {
  if (capturing()) {
    capture->invalid = true;
  }
  return status;
}

}  // namespace emulation
