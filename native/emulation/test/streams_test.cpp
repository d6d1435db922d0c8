#include <vector>

#include "check.h"
#include "emulation.h"
#include "machine.h"

namespace {

using emulation::Machine;
using emulation::Order;
using emulation::Stream;
using emulation::Timing;

__global__ void set(int *x, int value) { *x = value; }
__global__ void copyOne(const int *from, int *to) { *to = *from; }

/* What a second stream reads of a value that a first one writes, with and without waiting for it. */
int readBeside(Timing timing, bool waits) {
  Machine machine(Order::FORWARD, timing, 1 << 20);
  int x = 0, y = 0;
  Stream *first = machine.openStream(), *second = machine.openStream();
  CAROUSEL_LAUNCH(set, 1, 1, 0, first, &x, 7);
  if (waits) {
    CHECK(second->await(*first) == CAROUSEL_OK);
  }
  CAROUSEL_LAUNCH(copyOne, 1, 1, 0, second, &x, &y);
  CHECK(second->synchronize() == CAROUSEL_OK);
  return y;
}

void lateness() {
  CHECK(readBeside(Timing::EAGER, true) == 7);
  CHECK(readBeside(Timing::LATE, true) == 7);
  CHECK(readBeside(Timing::AHEAD, true) == 7);
  CHECK(readBeside(Timing::EAGER, false) == 7); /* not seen here ... */
  CHECK(readBeside(Timing::LATE, false) == 0);  /* ... but here */
  CHECK(readBeside(Timing::AHEAD, false) == 0); /* and here */

  Machine machine(Order::FORWARD, Timing::LATE, 1 << 20);
  Stream *first = machine.openStream(), *second = machine.openStream();
  int x = 0, y = 0, z = 0;
  CAROUSEL_LAUNCH(set, 1, 1, 0, first, &x, 1);
  CHECK(second->await(*first) == CAROUSEL_OK);
  CAROUSEL_LAUNCH(set, 1, 1, 0, first, &y, 2); /* what the second does not wait for */
  CAROUSEL_LAUNCH(set, 1, 1, 0, second, &z, 3);
  CHECK(x == 0 && y == 0 && z == 0);
  CHECK(second->synchronize() == CAROUSEL_OK);
  CHECK(x == 1 && y == 0 && z == 3);
  CHECK(machine.closeStream(first) == CAROUSEL_OK);
  CHECK(y == 2);
}

void streamsAhead() {
  Machine machine(Order::FORWARD, Timing::AHEAD, 1 << 20);
  Stream *first = machine.openStream(), *second = machine.openStream(), *third = machine.openStream();
  int x = 0, y = 0, z = 0;
  CAROUSEL_LAUNCH(set, 1, 1, 0, first, &x, 1);
  CHECK(second->await(*first) == CAROUSEL_OK);
  CAROUSEL_LAUNCH(set, 1, 1, 0, second, &y, 2);
  CAROUSEL_LAUNCH(set, 1, 1, 0, third, &z, 3);
  CHECK(x == 0 && y == 0 && z == 3); /* the third has not waited, the second waits */
  CHECK(third->await(*second) == CAROUSEL_OK);
  CAROUSEL_LAUNCH(copyOne, 1, 1, 0, third, &y, &z);
  CAROUSEL_LAUNCH(set, 1, 1, 0, first, &y, 9);
  CHECK(first->synchronize() == CAROUSEL_OK);
  CHECK(x == 1 && z == 2 && y == 9); /* both ran between the two tasks of the first */
}

void longChains() { /* two streams that wait for each other many times */
  Machine machine(Order::FORWARD, Timing::LATE, 1 << 20);
  Stream *first = machine.openStream(), *second = machine.openStream();
  int total = 0;
  for (int i = 0; i < 100000; i++) {
    Stream *turn = i % 2 == 0 ? first : second;
    turn->await(i % 2 == 0 ? *second : *first);
    turn->enqueue([&total, i](std::string *) { return total++ == i ? CAROUSEL_OK : 1; });
  }
  CHECK(second->synchronize() == CAROUSEL_OK);
  CHECK(total == 100000);
}

void marks() {
  Machine machine(Order::FORWARD, Timing::LATE, 1 << 20);
  Stream *stream = machine.openStream();
  int x = 0;
  CHECK(stream->awaitMark(1) == CAROUSEL_OK);
  CAROUSEL_LAUNCH(set, 1, 1, 0, stream, &x, 1);
  CHECK(stream->mark(1) == CAROUSEL_OK);
  CAROUSEL_LAUNCH(set, 1, 1, 0, stream, &x, 2);
  CHECK(stream->awaitMark(0) == CAROUSEL_OK);
  CHECK(x == 0);
  CHECK(stream->awaitMark(1) == CAROUSEL_OK);
  CHECK(x == 1);
  CHECK(stream->synchronize() == CAROUSEL_OK);
  CHECK(x == 2);
}

void memory() {
  Machine machine(Order::FORWARD, Timing::LATE, 1000);
  Stream *stream = machine.openStream();
  auto *a = static_cast<int *>(machine.memory.allocate(600));
  CHECK(reinterpret_cast<uintptr_t>(a) % 256 == 0);
  CHECK(a[0] == 0 && a[149] == 0);
  CHECK(machine.memory.allocate(401) == nullptr);
  auto *b = static_cast<int *>(machine.memory.allocate(400));
  CHECK(b != nullptr && machine.memory.freeBytes() == 0);
  auto *host = static_cast<int *>(machine.memory.allocatePinned(80));
  for (int i = 0; i < 20; i++) {
    host[i] = i;
  }
  CHECK(stream->copy(a, 16, host, 20, 8, 4) == CAROUSEL_OK);
  CHECK(a[0] == 0 && a[5] == 0);
  CHECK(stream->copy(b, 8, a, 16, 8, 4) == CAROUSEL_OK);
  CHECK(machine.free(a) == CAROUSEL_OK); /* after all work */
  CHECK(b[0] == 0 && b[1] == 1 && b[2] == 5 && b[3] == 6 && b[6] == 15 && b[7] == 16);
  CHECK(machine.memory.freeBytes() == 600);
  CHECK(machine.free(a) == cudaErrorInvalidValue);
  CHECK(stream->copy(b, 8, host, 20, 8, 5) == cudaErrorInvalidValue);   /* past the end of host */
  CHECK(stream->copy(b + 1, 400, host, 4, 4, 2) == cudaErrorInvalidValue); /* past the end of b */
  CHECK(stream->copy(b, 4, host, 8, 8, 2) == cudaErrorInvalidValue);    /* rows overlap */
  int elsewhere[2];
  CHECK(stream->copy(elsewhere, 8, b, 8, 8, 1) == cudaErrorInvalidValue);
  CHECK(machine.freePinned(host) == CAROUSEL_OK);
}

}  // namespace

void testStreams() {
  lateness();
  streamsAhead();
  longChains();
  marks();
  memory();
}
