/* Barriers of a block, a warp and a grid; what the lanes of a warp hand each other at them. */
#include "mma.h"
#include "runtime.h"
#include "schedule.h"

namespace emulation {

namespace {

/* Hands the waiting lanes of a mask what they asked each other for. */
void exchange(const Warp &warp, unsigned mask, Exchange kind) {
  Thread *lanes = &crew.threads[warp.first];
  unsigned present = mask & warp.waiting;
  if (kind == Exchange::BF16_MMA || kind == Exchange::F16_MMA || kind == Exchange::TF32_MMA) {
    if (present != WHOLE_WARP) {
      fail(CAROUSEL_EMULATION_DEADLOCK, "a matrix product of a warp that misses lanes");
    }
    multiplyFragments(lanes, kind);
    return;
  }
  uint64_t votes = 0;
  for (unsigned i = 0; i < warp.lanes; i++) {
    votes |= names(present, i) ? (lanes[i].given & 1) << i : 0;
  }
  for (unsigned i = 0; i < warp.lanes; i++) {
    if (!names(present, i)) {
      continue;
    }
    Thread &lane = lanes[i];
    if (kind == Exchange::BALLOT) {
      lane.received = votes;
    } else if (kind == Exchange::SHUFFLE) {
      bool takesPart = lane.source < warp.lanes && names(present, lane.source);
      lane.received = takesPart ? lanes[lane.source].given : ~(uint64_t)0;
    }
  }
}

/* Lets the lanes go that a waiting lane's mask names, when all of them that have not ended are there. */
void releaseLanes(const Thread &waiting) {
  Warp &warp = *waiting.warp;
  unsigned mask = waiting.mask;
  if ((mask & warp.live & ~warp.waiting) != 0) {
    return;
  }
  for (unsigned i = 0; i < warp.lanes; i++) {
    const Thread &lane = crew.threads[warp.first + i];
    if (names(mask & warp.live, i) &&
        (lane.mask != mask || lane.exchange != waiting.exchange || lane.line != waiting.line)) {
      fail(CAROUSEL_EMULATION_DEADLOCK, describe(waiting) + "; " + describe(lane));
    }
  }
  exchange(warp, mask, waiting.exchange);
  warp.waiting &= ~mask;
  release(warp.first, warp.lanes, State::AT_WARP, mask);
}

}  // namespace

void leaveWarp(Thread &thread) {
  Warp &warp = *thread.warp;
  warp.live &= ~(1u << thread.lane);
  for (unsigned i = 0; warp.waiting != 0 && i < warp.lanes; i++) { /* some may have waited for this one only */
    if (names(warp.waiting, i)) {
      releaseLanes(crew.threads[warp.first + i]);
    }
  }
}

void meetBlock(int line) {
  Thread &self = *running;
  Block &block = *self.block;
  if (block.waiting > 0 && block.line != line) {
    fail(CAROUSEL_EMULATION_DEADLOCK, describe(self) + " comes to a barrier of the block in line " +
                                          std::to_string(line) + ", others wait in line " + std::to_string(block.line));
  }
  self.state = State::AT_BLOCK;
  self.line = line;
  block.line = line;
  if (++block.waiting == block.size) {
    block.waiting = 0;
    release(block.first, block.size, State::AT_BLOCK);
  }
  suspend();
}

void meetGrid(int line) {
  if (crew.together != Together::GRID) {
    fail(CAROUSEL_EMULATION_DEADLOCK, "a barrier of the grid, but blocks do not run together");
  }
  running->state = State::AT_GRID;
  running->line = line;
  if (++crew.atGrid == crew.threads.size()) {
    crew.atGrid = 0;
    release(0, crew.threads.size(), State::AT_GRID);
  }
  suspend();
}

void meetLanes(unsigned mask, Exchange kind, int line) {
  Thread &self = *running;
  if (!names(mask, self.lane)) {
    fail(CAROUSEL_EMULATION_DEADLOCK, describe(self) + " is not named by its own mask in line " + std::to_string(line));
  }
  self.state = State::AT_WARP;
  self.exchange = kind;
  self.mask = mask;
  self.line = line;
  self.warp->waiting |= 1u << self.lane;
  releaseLanes(self);
  suspend();
}

void meetStaticShared() {
  if (crew.together != Together::NONE) {
    fail(CAROUSEL_EMULATION_STATIC_SHARED, "static __shared__ memory where blocks run together");
  }
}

std::string describe(const Thread &thread) {
  auto triple = [](uint3 i) {
    return "(" + std::to_string(i.x) + "," + std::to_string(i.y) + "," + std::to_string(i.z) + ")";
  };
  std::string line = " in line " + std::to_string(thread.line);
  return "thread " + triple(thread.index) + " of block " + triple(thread.block->index) +
         (thread.state == State::ENDED        ? " has ended"
          : thread.state == State::AT_BLOCK   ? " waits for its block" + line
          : thread.state == State::AT_CLUSTER ? " waits for its cluster" + line
          : thread.state == State::AT_GRID    ? " waits for the grid" + line
          : thread.state == State::AT_WARP    ? " waits for its warp" + line
          : thread.state == State::SPINNING   ? " waits for a flag" + line
                                              : "");
}

}  // namespace emulation
