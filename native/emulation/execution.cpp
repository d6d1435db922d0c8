/*
 * Runs the threads of a launch, one at a time, each until it waits or ends. A thread that never waits costs no switch:
 * the fiber that has finished one thread goes on with the next that has not started.
 */
#include "execution.h"

#include <cstdlib>
#include <deque>
#include <mutex>

#include "fiber.h"
#include "runtime.h"
#include "schedule.h"

namespace emulation {

Thread *running;

namespace {

std::mutex oneLaunch; /* guards all that follows, and the above */
const Launch *current;
Order order;
std::vector<Thread *> ready;    /* the last is the next to run */
std::vector<Thread *> spinning; /* since the last publication */
uint64_t publications;
carousel_status failure;
std::string failureText;
Fiber *host;
std::deque<Fiber> fibers;
std::vector<Fiber *> idle; /* switched to, they run the body of `running` */

/* Never called in vain while a launch runs: provideFibers() has seen to it. */
Fiber *takeIdle() {
  Fiber *fiber = idle.back();
  idle.pop_back();
  return fiber;
}

Thread *takeReady() {
  if (ready.empty()) {
    deliverAll(); /* as late as may be: nobody can go on without */
  }
  if (ready.empty()) {
    return nullptr;
  }
  Thread *next = ready.back();
  ready.pop_back();
  return next;
}

/* It is no longer waited for. */
void endThread(Thread &thread) {
  leaveCluster(thread);
  thread.state = State::ENDED;
  crew.unfinished--;
  leaveWarp(thread);
  if (--thread.block->live == 0) {
    closeShared(*thread.block);
  }
  thread.fiber = nullptr;
}

void fiberMain() {
  Fiber::arrive();
  for (;;) {
    Fiber *self = running->fiber;
    if (!running->block->started) {
      running->block->started = true;
      openShared(*running->block);
    }
    current->thread();
    endThread(*running);
    running = takeReady();
    if (running != nullptr && running->fiber == nullptr) {
      running->fiber = self;
      continue;
    }
    idle.push_back(self);
    self->switchTo(running == nullptr ? *host : *running->fiber);
  }
}

bool provideFibers(size_t count) {
  while (fibers.size() < count) {
    fibers.emplace_back();
    if (!fibers.back().start(fiberMain)) {
      fibers.pop_back();
      return false;
    }
    idle.push_back(&fibers.back());
  }
  return true;
}

/* Makes all threads ready to start, as blocks `firstBlock` and following. */
void restart(size_t firstBlock) {
  seat(firstBlock);
  publications = 0;
  ready.clear();
  spinning.clear();
  release(0, crew.threads.size(), State::READY);
}

/* What the first thread that waits waits for (a flag, if some do: others wait for these), and one that is elsewhere. */
std::string explainDeadlock() {
  const Thread *waiting = nullptr, *elsewhere = nullptr;
  for (const Thread &thread : crew.threads) {
    if (thread.state != State::ENDED &&
        (waiting == nullptr || (thread.state == State::SPINNING && waiting->state != State::SPINNING))) {
      waiting = &thread;
    }
  }
  for (const Thread &thread : crew.threads) {
    if (elsewhere == nullptr && (thread.state != waiting->state || thread.line != waiting->line)) {
      elsewhere = &thread;
    }
  }
  return describe(*waiting) + " for ever" + (elsewhere == nullptr ? "" : "; " + describe(*elsewhere));
}

/* Runs blocks `firstBlock` and following until all their threads have ended or the launch has failed. */
void runTogether(size_t firstBlock) {
  restart(firstBlock);
  Fiber hostFiber;
  host = &hostFiber;
  running = takeReady();
  running->fiber = takeIdle();
  hostFiber.switchTo(*running->fiber);
  running = nullptr;
  if (failure == CAROUSEL_OK && crew.unfinished > 0) {
    failure = CAROUSEL_EMULATION_DEADLOCK;
    failureText = explainDeadlock();
  }
  for (Thread &thread : crew.threads) { /* after a failure: what these stacks hold is dropped */
    if (thread.fiber != nullptr) {
      thread.fiber->start(fiberMain);
      idle.push_back(thread.fiber);
    }
  }
}

}  // namespace

void release(size_t first, size_t size, State state, unsigned mask) {
  for (size_t i = 0; i < size; i++) { /* pushed last is run first */
    Thread &thread = crew.threads[order == Order::FORWARD ? first + size - 1 - i : first + i];
    if (thread.state == state && names(mask, thread.lane)) {
      thread.state = State::READY;
      ready.push_back(&thread);
    }
  }
}

void publish(uint32_t *flag, uint32_t value) {
  *flag = value;
  publications++;
  while (!spinning.empty()) { /* whoever has waited longest runs first */
    spinning.back()->state = State::READY;
    ready.push_back(spinning.back());
    spinning.pop_back();
  }
}

uint32_t observe(const uint32_t *flag) {
  running->observed = publications;
  return *flag;
}

void spin(int line) {
  if (running->observed == publications) {
    running->state = State::SPINNING;
    running->line = line;
    spinning.push_back(running);
  } else { /* what it has seen is out of date */
    running->observed = publications;
    ready.insert(ready.begin(), running);
  }
  suspend();
}

bool isLate() { return order == Order::REVERSED; }

void suspend() {
  Thread *self = running;
  running = takeReady();
  if (running == self) {
    return;
  }
  if (running != nullptr && running->fiber == nullptr) {
    running->fiber = takeIdle();
  }
  self->fiber->switchTo(running == nullptr ? *host : *running->fiber);
}

void fail(carousel_status status, const std::string &why) {
  failure = status;
  failureText = why;
  running->fiber->switchTo(*host);
  abort(); /* nothing switches back */
}

carousel_status run(const Launch &launch, Order threadOrder, std::string *why) {
  std::lock_guard<std::mutex> guard(oneLaunch);
  size_t perBlock = (size_t)launch.block.x * launch.block.y * launch.block.z;
  size_t count = (size_t)launch.grid.x * launch.grid.y * launch.grid.z;
  size_t together = blocksTogether(launch);
  if (!arrange(launch) || !provideFibers(perBlock * together)) {
    *why = "no memory for stacks and shared memory";
    return cudaErrorMemoryAllocation;
  }
  current = &launch;
  order = threadOrder;
  failure = CAROUSEL_OK;
  for (size_t i = 0; i < count && failure == CAROUSEL_OK; i += together) {
    runTogether(order == Order::FORWARD ? i : count - together - i);
  }
  if (failure != CAROUSEL_OK) {
    *why = std::string("kernel ") + launch.kernel + ": " + failureText;
  }
  crew.shared.clear();
  return failure;
}

}  // namespace emulation
