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
#include <vector>

#include "fiber.h"
#include "runtime.h"
#include "threads.h"

namespace emulation {

Thread *running;
dim3 gridSize, blockSize;

namespace {

std::mutex oneLaunch; /* guards all that follows, and the three above */
const Launch *current;
Order order;
std::vector<Thread> threads;
std::vector<Block> blocks;
std::vector<Thread *> ready; /* the last is the next to run */
size_t unfinished, atGrid;
carousel_status failure;
std::string failureText;
Fiber *host;
std::deque<Fiber> fibers;
std::vector<Fiber *> idle; /* switched to, they run the body of `running` */

/* Gives up the launch and leaves its threads where they stand; does not return. */
void fail(carousel_status status, const std::string &why) {
  failure = status;
  failureText = describe(*running) + ": " + why;
  running->fiber->switchTo(*host);
  abort();
}

/* Never null while a launch runs: run() has seen to it that there are enough. */
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

/* Leaves the running thread until release() has named it and its turn has come. */
void suspend() {
  Fiber *self = running->fiber;
  Thread *next = takeReady();
  if (next == running) {
    return;
  }
  running = next;
  if (next == nullptr) {
    self->switchTo(*host);
    return;
  }
  if (next->fiber == nullptr) {
    next->fiber = takeIdle();
  }
  self->switchTo(*next->fiber);
}

/* Makes ready those of threads first, ..., first + size - 1 that wait in a state and that `chosen` names. */
template <class Chosen>
void release(size_t first, size_t size, State state, Chosen chosen) {
  for (size_t i = 0; i < size; i++) { /* pushed last is run first */
    Thread &thread = threads[order == Order::FORWARD ? first + size - 1 - i : first + i];
    if (thread.state == state && chosen(thread)) {
      thread.state = State::READY;
      ready.push_back(&thread);
    }
  }
}

bool named(unsigned mask, const Thread &thread) { return mask >> thread.lane & 1; }

/* Hands the lanes of a mask what they asked each other for. */
void exchange(const Thread &any) {
  Thread *lanes = &threads[any.warpFirst];
  uint64_t votes = 0;
  for (unsigned i = 0; i < any.warpLanes; i++) {
    if (named(any.mask, lanes[i]) && lanes[i].state == State::AT_WARP) {
      votes |= (lanes[i].given & 1) << i;
    }
  }
  for (unsigned i = 0; i < any.warpLanes; i++) {
    Thread &lane = lanes[i];
    if (!named(any.mask, lane) || lane.state != State::AT_WARP) {
      continue;
    }
    if (any.exchange == Exchange::BALLOT) {
      lane.received = votes;
    } else if (any.exchange == Exchange::SHUFFLE) {
      bool takesPart = lane.source < any.warpLanes && named(any.mask, lanes[lane.source]) &&
                       lanes[lane.source].state == State::AT_WARP;
      lane.received = takesPart ? lanes[lane.source].given : ~(uint64_t)0;
    }
  }
}

/* Lets the lanes go that a waiting lane's mask names, when all of them that have not ended are there. */
void releaseLanes(const Thread &waiting) {
  const Thread *lanes = &threads[waiting.warpFirst];
  unsigned mask = waiting.mask;
  for (unsigned i = 0; i < waiting.warpLanes; i++) {
    const Thread &lane = lanes[i];
    if (!named(mask, lane) || lane.state == State::ENDED) {
      continue;
    }
    if (lane.state != State::AT_WARP) {
      return;
    }
    if (lane.mask != mask || lane.exchange != waiting.exchange || lane.line != waiting.line) {
      fail(CAROUSEL_EMULATION_DEADLOCK, "at another barrier of the warp than " + describe(lane));
    }
  }
  exchange(waiting);
  release(waiting.warpFirst, waiting.warpLanes, State::AT_WARP, [mask](const Thread &t) { return named(mask, t); });
}

void end(Thread &thread) {
  thread.state = State::ENDED;
  unfinished--;
  for (unsigned i = 0; i < thread.warpLanes; i++) { /* some may have waited for this one only */
    const Thread &lane = threads[thread.warpFirst + i];
    if (lane.state == State::AT_WARP) {
      releaseLanes(lane);
    }
  }
}

void fiberMain() {
  Fiber::arrive();
  for (;;) {
    Fiber *self = running->fiber;
    current->thread();
    end(*running);
    running->fiber = nullptr;
    Thread *next = takeReady();
    running = next;
    if (next != nullptr && next->fiber == nullptr) {
      next->fiber = self;
      continue;
    }
    idle.push_back(self);
    self->switchTo(next == nullptr ? *host : *next->fiber);
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

void prepare(size_t firstBlock, size_t count, char *shared, size_t sharedStride) {
  unsigned perBlock = blockSize.x * blockSize.y * blockSize.z;
  threads.assign(count * perBlock, Thread{});
  blocks.assign(count, Block{});
  ready.clear();
  unfinished = threads.size();
  atGrid = 0;
  for (size_t b = 0; b < count; b++) {
    blocks[b] = {position(firstBlock + b, gridSize), (size_t)b * perBlock, perBlock, 0, shared + b * sharedStride, 0};
    for (unsigned t = 0; t < perBlock; t++) {
      Thread &thread = threads[b * perBlock + t];
      thread.index = position(t, blockSize);
      thread.lane = t % WARP_SIZE;
      thread.warpFirst = b * perBlock + t - thread.lane;
      thread.warpLanes = std::min(WARP_SIZE, perBlock - (t - thread.lane));
      thread.block = &blocks[b];
    }
  }
  release(0, threads.size(), State::READY, [](const Thread &) { return true; });
}

/* Says which threads wait for which, when none can go on. */
void explainDeadlock() {
  const Thread *waiting = nullptr;
  for (const Thread &thread : threads) {
    if (thread.state != State::ENDED) {
      waiting = &thread;
      break;
    }
  }
  failure = CAROUSEL_EMULATION_DEADLOCK;
  failureText = describe(*waiting) + " waits for ever";
  for (const Thread &thread : threads) {
    if (thread.state != waiting->state || thread.line != waiting->line) {
      failureText += "; " + describe(thread);
      break;
    }
  }
}

/* Runs blocks together until all their threads have ended or the launch has failed. */
void runTogether(size_t firstBlock, size_t count, char *shared, size_t sharedStride) {
  prepare(firstBlock, count, shared, sharedStride);
  Fiber hostFiber;
  host = &hostFiber;
  running = takeReady();
  running->fiber = takeIdle();
  hostFiber.switchTo(*running->fiber);
  if (failure == CAROUSEL_OK && unfinished > 0) {
    explainDeadlock();
  }
  for (Thread &thread : threads) { /* after a failure: whatever these stacks hold is dropped */
    if (thread.fiber != nullptr) {
      thread.fiber->start(fiberMain);
      idle.push_back(thread.fiber);
    }
  }
  running = nullptr;
}

}  // namespace

std::string describe(const Thread &thread) {
  auto triple = [](uint3 i) {
    return "(" + std::to_string(i.x) + "," + std::to_string(i.y) + "," + std::to_string(i.z) + ")";
  };
  std::string line = " in line " + std::to_string(thread.line);
  return "thread " + triple(thread.index) + " of block " + triple(thread.block->index) +
         (thread.state == State::ENDED      ? ", which has ended"
          : thread.state == State::AT_BLOCK ? ", at a barrier of the block" + line
          : thread.state == State::AT_GRID  ? ", at a barrier of the grid" + line
          : thread.state == State::AT_WARP  ? ", at a barrier of the warp" + line
                                            : "");
}

void meetBlock(int line) {
  Thread &self = *running;
  Block &block = *self.block;
  self.state = State::AT_BLOCK;
  self.line = line;
  if (block.waiting > 0 && block.line != line) {
    fail(CAROUSEL_EMULATION_DEADLOCK, "others of the block wait in line " + std::to_string(block.line));
  }
  block.line = line;
  if (++block.waiting == block.size) {
    block.waiting = 0;
    release(block.first, block.size, State::AT_BLOCK, [](const Thread &) { return true; });
  }
  suspend();
}

void meetGrid(int line) {
  if (!current->cooperative) {
    fail(CAROUSEL_EMULATION_DEADLOCK, "a barrier of the grid, but blocks do not run together");
  }
  running->state = State::AT_GRID;
  running->line = line;
  if (++atGrid == threads.size()) {
    atGrid = 0;
    release(0, threads.size(), State::AT_GRID, [](const Thread &) { return true; });
  }
  suspend();
}

void meetLanes(unsigned mask, Exchange kind, int line) {
  Thread &self = *running;
  self.state = State::AT_WARP;
  self.exchange = kind;
  self.mask = mask;
  self.line = line;
  if (!named(mask, self)) {
    fail(CAROUSEL_EMULATION_DEADLOCK, "not named by its own mask");
  }
  releaseLanes(self);
  suspend();
}

void meetStaticShared() {
  if (current->cooperative) {
    fail(CAROUSEL_EMULATION_STATIC_SHARED, "static __shared__ memory where blocks run together");
  }
}

carousel_status run(const Launch &launch, Order threadOrder, std::string *why) {
  std::lock_guard<std::mutex> guard(oneLaunch);
  size_t perBlock = (size_t)launch.block.x * launch.block.y * launch.block.z;
  size_t count = (size_t)launch.grid.x * launch.grid.y * launch.grid.z;
  size_t together = launch.cooperative ? count : 1;
  size_t stride = launch.sharedBytes; /* exact, so that AddressSanitizer sees the end of the last block's */
  if (together > 1) {
    stride = (stride + 255) / 256 * 256;
  }
  void *memory = nullptr;
  if (posix_memalign(&memory, 256, std::max<size_t>(stride * together, 1)) != 0 ||
      !provideFibers(perBlock * together)) {
    free(memory);
    *why = "no memory for stacks and shared memory";
    return cudaErrorMemoryAllocation;
  }
  std::unique_ptr<void, void (*)(void *)> shared(memory, free);
  current = &launch;
  order = threadOrder;
  gridSize = launch.grid;
  blockSize = launch.block;
  failure = CAROUSEL_OK;
  for (size_t i = 0; i < count && failure == CAROUSEL_OK; i += together) {
    memset(memory, 0xff, stride * together); /* NaN: nobody may count on what shared memory holds at first */
    runTogether(order == Order::FORWARD ? i : count - together - i, together, static_cast<char *>(memory), stride);
  }
  if (failure != CAROUSEL_OK) {
    *why = std::string("kernel ") + launch.kernel + ": " + failureText;
  }
  return failure;
}

}  // namespace emulation
