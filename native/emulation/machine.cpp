#include "machine.h"

#include <algorithm>

#include "runtime.h"

namespace emulation {

std::recursive_mutex Machine::lock;

Stream *Machine::openStream() {
  streams.push_back(std::make_unique<Stream>(*this));
  return streams.back().get();
}

carousel_status Machine::closeStream(Stream *stream) {
  carousel_status status = stream->synchronize();
  streams.erase(std::find_if(streams.begin(), streams.end(), [&](const auto &s) { return s.get() == stream; }));
  return status;
}

carousel_status Machine::free(void *address) {
  carousel_status status = drain();
  return memory.free(address) ? status : cudaErrorInvalidValue;
}

carousel_status Machine::freePinned(void *address) {
  carousel_status status = drain();
  return memory.freePinned(address) ? status : cudaErrorInvalidValue;
}

carousel_status Machine::drain() {
  for (const auto &stream : streams) {
    if (!stream->capturing()) {
      stream->synchronize();
    }
  }
  return failed;
}

carousel_status Machine::runUntil(Lane &lane, uint64_t count) {
  if (failed == CAROUSEL_OK) {
    failed = lane.runUntil(count, &why, ahead());
  }
  return failed;
}

carousel_status Machine::runGiven(Lane &lane) {
  if (streamTiming == Timing::EAGER) {
    return runUntil(lane, lane.given());
  }
  if (failed == CAROUSEL_OK) {
    failed = Lane::runAhead(ahead(), &why);
  }
  return failed;
}

Lanes Machine::ahead() const {
  Lanes lanes;
  for (size_t i = 1; i < streams.size() && streamTiming == Timing::AHEAD; i++) {
    lanes.push_back(streams[i]->given());
  }
  return lanes;
}

}  // namespace emulation
