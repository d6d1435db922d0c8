/* carousel/graph.h on emulated streams. */
#include "carousel/graph.h"

#include <memory>

#include "machine.h"
#include "runtime.h"

using emulation::Graph;
using emulation::Guard;
using emulation::Machine;
using emulation::Stream;
using emulation::Timing;

namespace {

Stream &stream(carousel_stream handle) { return *static_cast<Stream *>(handle); }

/* A graph may be destroyed while runs of it are enqueued. */
using SharedGraph = std::shared_ptr<const Graph>;

}  // namespace

extern "C" carousel_status carousel_graph_begin(carousel_stream handle) {
  Guard guard(Machine::lock);
  return stream(handle).beginCapture();
}

extern "C" carousel_status carousel_graph_end(carousel_stream handle, carousel_graph *graph, int64_t *nodes) {
  Guard guard(Machine::lock);
  auto recorded = std::make_shared<Graph>();
  carousel_status status = stream(handle).endCapture(recorded.get());
  if (status == CAROUSEL_OK) {
    *nodes = recorded->nodes();
    *graph = new SharedGraph(recorded);
  }
  return status;
}

extern "C" carousel_status carousel_graph_abandon(carousel_stream handle) {
  Guard guard(Machine::lock);
  if (!stream(handle).capturing()) {
    return CAROUSEL_OK;
  }
  Graph dropped;
  carousel_status status = stream(handle).endCapture(&dropped);
  return status == cudaErrorStreamCaptureUnmatched ? status : CAROUSEL_OK;
}

extern "C" carousel_status carousel_graph_launch(carousel_graph handle, carousel_stream streamHandle) {
  Guard guard(Machine::lock);
  Stream &target = stream(streamHandle);
  Timing timing = target.machine.timing();
  return target.enqueue([graph = *static_cast<SharedGraph *>(handle), timing](std::string *why) {
    return timing == Timing::EAGER ? graph->runInOrder(why) : graph->runLate(timing == Timing::AHEAD, why);
  });
}

extern "C" carousel_status carousel_graph_destroy(carousel_graph handle) {
  Guard guard(Machine::lock);
  delete static_cast<SharedGraph *>(handle);
  return CAROUSEL_OK;
}
