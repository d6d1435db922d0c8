/* Work in order that waits for work of other lanes: what a stream has yet to do, or one branch of a graph. */
#ifndef CAROUSEL_EMULATION_LANE_H
#define CAROUSEL_EMULATION_LANE_H

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <string>

#include "carousel/status.h"

namespace emulation {

/* Does it; on failure says why. */
using Work = std::function<carousel_status(std::string *why)>;

class Lane {
 public:
  void add(Work work) { tasks.push_back({std::move(work), nullptr, 0}); }

  /* What is added from now on starts after the first `count` tasks of another lane. */
  void addWait(std::shared_ptr<Lane> other, uint64_t count) { tasks.push_back({nullptr, std::move(other), count}); }

  /* Tasks given so far. */
  uint64_t given() const { return done + tasks.size(); }

  /*
   * Does the first `count` tasks, as far as they are not done, and of other lanes what these wait for: nothing else.
   * Stops at the first failure.
   */
  carousel_status runUntil(uint64_t count, std::string *why);

 private:
  struct Task {
    Work work; /* or a wait: */
    std::shared_ptr<Lane> other;
    uint64_t count;
  };

  std::deque<Task> tasks; /* not done yet */
  uint64_t done = 0;
};

}  // namespace emulation

#endif
