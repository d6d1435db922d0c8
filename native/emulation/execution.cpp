/*
 * Runs the threads of a launch, one at a time, each until it waits or ends. A thread that never waits costs no switch:
 * the fiber that has finished one thread goes on with the next that has not started.
 */
#include "execution.h"

#include <cstdlib>
#include <cstring>
#include <deque>
#include <memory>
#include <mutex>

#include "fiber.h"
#include "runtime.h"
#include "schedule.h"

namespace emulation {

Thread *running;
dim3 gridSize, blockSize;
Crew crew;

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
    return nullptr;
  }
  Thread *next = ready.back();
  ready.pop_back();
  return next;
}

void fiberMain() {
  Fiber::arrive();
  for (;;) {
    Fiber *self = running->fiber;
    current->thread();
    running->state = State::ENDED;
    crew.unfinished--;
    leaveWarp(*running);
    running->fiber = nullptr;
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

uint3 position(size_t index, dim3 size) {
  return {(unsigned)(index % size.x), (unsigned)(index / size.x % size.y), (unsigned)(index / size.x / size.y)};
}

using SharedMemory = std::unique_ptr<void, void (*)(void *)>;

/* Of exactly that size for each block, so that AddressSanitizer sees the end; nothing when it cannot be had. */
std::vector<SharedMemory> allocateShared(size_t blocks, size_t bytes) {
  std::vector<SharedMemory> all;
  for (size_t b = 0; b < blocks; b++) {
    void *memory = nullptr;
    if (posix_memalign(&memory, 256, std::max<size_t>(bytes, 1)) != 0) {
      return {};
    }
    all.emplace_back(memory, free);
  }
  return all;
}

/* Lays out the threads of the blocks that run together. */
void arrange(size_t blockCount) {
  unsigned size = blockSize.x * blockSize.y * blockSize.z;
  unsigned warpsPerBlock = (size + WARP_SIZE - 1) / WARP_SIZE;
  crew.threads.assign(blockCount * size, Thread{});
  crew.warps.assign(blockCount * warpsPerBlock, Warp{});
  crew.blocks.assign(blockCount, Block{});
  for (size_t b = 0; b < blockCount; b++) {
    Block &block = crew.blocks[b];
    block.first = b * size;
    block.size = size;
    for (unsigned t = 0; t < size; t++) {
      Thread &thread = crew.threads[block.first + t];
      thread.index = position(t, blockSize);
      thread.lane = t % WARP_SIZE;
      thread.warp = &crew.warps[b * warpsPerBlock + t / WARP_SIZE];
      thread.block = &block;
      if (thread.lane == 0) {
        thread.warp->first = block.first + t;
        thread.warp->lanes = std::min(WARP_SIZE, size - t);
      }
    }
  }
}

/* Makes all threads ready to start, as blocks `firstBlock` and following. */
void restart(size_t firstBlock) {
  for (size_t b = 0; b < crew.blocks.size(); b++) {
    crew.blocks[b].index = position(firstBlock + b, gridSize);
    crew.blocks[b].waiting = 0;
  }
  for (Warp &warp : crew.warps) {
    warp.live = WHOLE_WARP >> (WARP_SIZE - warp.lanes);
    warp.waiting = 0;
  }
  for (Thread &thread : crew.threads) {
    thread.state = State::READY;
    thread.observed = 0;
  }
  crew.unfinished = crew.threads.size();
  crew.atGrid = 0;
  ready.clear();
  spinning.clear();
  publications = 0;
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
  size_t together = launch.cooperative ? count : 1;
  std::vector<SharedMemory> shared = allocateShared(together, launch.sharedBytes);
  if (shared.empty() || !provideFibers(perBlock * together)) {
    *why = "no memory for stacks and shared memory";
    return cudaErrorMemoryAllocation;
  }
  current = &launch;
  order = threadOrder;
  gridSize = launch.grid;
  blockSize = launch.block;
  failure = CAROUSEL_OK;
  crew.cooperative = launch.cooperative;
  arrange(together);
  for (size_t b = 0; b < together; b++) {
    crew.blocks[b].dynamicShared = static_cast<char *>(shared[b].get());
  }
  for (size_t i = 0; i < count && failure == CAROUSEL_OK; i += together) {
    for (const SharedMemory &memory : shared) {
      memset(memory.get(), 0xff, launch.sharedBytes); /* NaN: nobody may count on what shared memory holds at first */
    }
    runTogether(order == Order::FORWARD ? i : count - together - i);
  }
  if (failure != CAROUSEL_OK) {
    *why = std::string("kernel ") + launch.kernel + ": " + failureText;
  }
  return failure;
}

}  // namespace emulation
