#include "carousel/graph.h"
#include "check.h"
#include "emulation.h"
#include "machine.h"

namespace {

using emulation::Machine;
using emulation::Order;
using emulation::Stream;
using emulation::Timing;

__global__ void add(int *x, int value) { *x += value; }
__global__ void addTo(const int *from, int *to) { *to += *from; }

struct Fixture {
  explicit Fixture(Timing timing) : machine(Order::FORWARD, timing, 1 << 20) {}
  Machine machine;
  Stream *first = machine.openStream(), *second = machine.openStream();
  carousel_graph graph = nullptr;
  int64_t nodes = -1;
  int x = 0, y = 0;

  carousel_status end() { return carousel_graph_end(first, &graph, &nodes); }
};

void replay(Timing timing) {
  Fixture f(timing);
  CHECK(carousel_graph_begin(f.first) == CAROUSEL_OK);
  int step = 3;
  CHECK(CAROUSEL_LAUNCH(add, 1, 1, 0, f.first, &f.x, step) == CAROUSEL_OK);
  step = 1000; /* arguments were copied */
  CHECK(CAROUSEL_LAUNCH(addTo, 1, 1, 0, f.first, &f.x, &f.y) == CAROUSEL_OK);
  CHECK(f.end() == CAROUSEL_OK);
  CHECK(f.nodes == 2 && f.x == 0);
  CHECK(f.first->synchronize() == CAROUSEL_OK);
  CHECK(f.x == 0);
  CHECK(carousel_graph_launch(f.graph, f.first) == CAROUSEL_OK);
  CHECK(carousel_graph_launch(f.graph, f.first) == CAROUSEL_OK);
  CHECK(carousel_graph_destroy(f.graph) == CAROUSEL_OK); /* runs under way go on */
  CHECK(f.first->synchronize() == CAROUSEL_OK);
  CHECK(f.x == 6 && f.y == 9);
}

/* A second stream forks off, reads x in it and joins; with the fault, what x is when it is read depends on luck. */
int forkedResult(Timing timing, bool waitsForRead) {
  Fixture f(timing);
  f.x = 5;
  CHECK(carousel_graph_begin(f.first) == CAROUSEL_OK);
  CHECK(f.second->await(*f.first) == CAROUSEL_OK);
  CHECK(CAROUSEL_LAUNCH(addTo, 1, 1, 0, f.second, &f.x, &f.y) == CAROUSEL_OK);
  if (waitsForRead) {
    CHECK(f.first->await(*f.second) == CAROUSEL_OK);
  }
  CHECK(CAROUSEL_LAUNCH(add, 1, 1, 0, f.first, &f.x, 100) == CAROUSEL_OK);
  CHECK(f.first->await(*f.second) == CAROUSEL_OK);
  CHECK(f.end() == CAROUSEL_OK);
  CHECK(f.nodes == 2);
  CHECK(carousel_graph_launch(f.graph, f.second) == CAROUSEL_OK);
  CHECK(f.second->synchronize() == CAROUSEL_OK);
  CHECK(carousel_graph_destroy(f.graph) == CAROUSEL_OK);
  CHECK(f.x == 105);
  return f.y;
}

/* The second stream is to read what the first writes after the fork, and does not wait for it. */
int readTooEarly(Timing timing) {
  Fixture f(timing);
  f.x = 5;
  CHECK(carousel_graph_begin(f.first) == CAROUSEL_OK);
  CHECK(f.second->await(*f.first) == CAROUSEL_OK);
  CHECK(CAROUSEL_LAUNCH(add, 1, 1, 0, f.first, &f.x, 100) == CAROUSEL_OK);
  CHECK(CAROUSEL_LAUNCH(addTo, 1, 1, 0, f.second, &f.x, &f.y) == CAROUSEL_OK);
  CHECK(f.first->await(*f.second) == CAROUSEL_OK);
  CHECK(f.end() == CAROUSEL_OK);
  CHECK(carousel_graph_launch(f.graph, f.first) == CAROUSEL_OK);
  CHECK(f.first->synchronize() == CAROUSEL_OK);
  CHECK(carousel_graph_destroy(f.graph) == CAROUSEL_OK);
  return f.y;
}

void forks() {
  CHECK(forkedResult(Timing::EAGER, true) == 5);
  CHECK(forkedResult(Timing::LATE, true) == 5);
  CHECK(forkedResult(Timing::EAGER, false) == 5);  /* not seen here ... */
  CHECK(forkedResult(Timing::LATE, false) == 105); /* ... but here */
  CHECK(forkedResult(Timing::AHEAD, true) == 5);
  CHECK(forkedResult(Timing::AHEAD, false) == 5); /* nor where it runs ahead, */
  CHECK(readTooEarly(Timing::LATE) == 105);
  CHECK(readTooEarly(Timing::AHEAD) == 5); /* which shows this one */
}

void streamsWorkAgain(Fixture &f) {
  CHECK(f.machine.drain() == CAROUSEL_OK);
  int before = f.x;
  CHECK(CAROUSEL_LAUNCH(add, 1, 1, 0, f.first, &f.x, 1) == CAROUSEL_OK);
  CHECK(CAROUSEL_LAUNCH(add, 1, 1, 0, f.second, &f.x, 1) == CAROUSEL_OK);
  CHECK(f.first->synchronize() == CAROUSEL_OK && f.second->synchronize() == CAROUSEL_OK);
  CHECK(f.x == before + 2);
}

/* What CUDA refuses during a capture; afterwards there is no graph, and the streams work. */
template <class Act>
void refused(carousel_status status, carousel_status atEnd, Act act) {
  for (Timing timing : {Timing::EAGER, Timing::LATE}) {
    Fixture f(timing);
    CHECK(carousel_graph_begin(f.first) == CAROUSEL_OK);
    CHECK(act(f) == status);
    CHECK(f.end() == atEnd);
    CHECK((f.graph == nullptr) == (atEnd != CAROUSEL_OK));
    if (f.graph != nullptr) {
      carousel_graph_destroy(f.graph);
    }
    streamsWorkAgain(f);
  }
}

void refusals() {
  refused(cudaErrorStreamCaptureUnsupported, cudaErrorStreamCaptureInvalidated,
          [](Fixture &f) { return f.first->synchronize(); });
  refused(cudaErrorStreamCaptureUnsupported, cudaErrorStreamCaptureInvalidated, [](Fixture &f) {
    void *device = f.machine.memory.allocate(8), *host = f.machine.memory.allocatePinned(8);
    return f.first->copy(device, 8, host, 8, 8, 1);
  });
  refused(CAROUSEL_OK, CAROUSEL_OK, [](Fixture &f) {
    void *from = f.machine.memory.allocate(8), *to = f.machine.memory.allocate(8);
    return f.first->copy(to, 8, from, 8, 8, 1);
  });
  refused(cudaErrorStreamCaptureIsolation, cudaErrorStreamCaptureInvalidated, [](Fixture &f) {
    CAROUSEL_LAUNCH(add, 1, 1, 0, f.second, &f.x, 1);
    return f.first->await(*f.second);
  });
  refused(cudaErrorCapturedEvent, CAROUSEL_OK, [](Fixture &f) {
    CHECK(f.first->mark(2) == CAROUSEL_OK);
    return f.first->awaitMark(2);
  });
  refused(CAROUSEL_OK, cudaErrorStreamCaptureUnjoined, [](Fixture &f) {
    CHECK(f.second->await(*f.first) == CAROUSEL_OK);
    return CAROUSEL_LAUNCH(add, 1, 1, 0, f.second, &f.x, 1);
  });
  refused(CAROUSEL_OK, cudaErrorStreamCaptureUnjoined, [](Fixture &f) { /* a join that misses the last piece */
    CHECK(f.second->await(*f.first) == CAROUSEL_OK);
    CHECK(CAROUSEL_LAUNCH(add, 1, 1, 0, f.second, &f.x, 1) == CAROUSEL_OK);
    CHECK(f.first->await(*f.second) == CAROUSEL_OK);
    return CAROUSEL_LAUNCH(add, 1, 1, 0, f.second, &f.x, 1);
  });
  refused(cudaErrorStreamCaptureUnsupported, cudaErrorStreamCaptureInvalidated,
          [](Fixture &f) { return carousel_graph_begin(f.first); });
}

void abandoned() {
  Fixture f(Timing::LATE);
  CHECK(carousel_graph_begin(f.first) == CAROUSEL_OK);
  CHECK(f.second->await(*f.first) == CAROUSEL_OK);
  CHECK(CAROUSEL_LAUNCH(add, 1, 1, 0, f.second, &f.x, 1) == CAROUSEL_OK);
  CHECK(carousel_graph_abandon(f.first) == CAROUSEL_OK);
  streamsWorkAgain(f);
  CHECK(f.x == 2);
  CHECK(f.end() == cudaErrorStreamCaptureUnmatched);
}

}  // namespace

void testCaptures() {
  replay(Timing::EAGER);
  replay(Timing::LATE);
  forks();
  refusals();
  abandoned();
}
