/* Work in order that waits for work of other lanes: what a stream has yet to do, or one branch of a graph. */
#ifndef CAROUSEL_EMULATION_LANE_H
#define CAROUSEL_EMULATION_LANE_H

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "carousel/status.h"

namespace emulation {

/* Does it; on failure says why. */
using Work = std::function<carousel_status(std::string *why)>;

class Lane;
using Lanes = std::vector<std::shared_ptr<Lane>>;

class Lane {
 public:
  void add(Work work) { tasks.push_back({std::move(work), nullptr, 0}); }

  /* What is added from now on starts after the first `count` tasks of another lane. */
  void addWait(std::shared_ptr<Lane> other, uint64_t count) { tasks.push_back({nullptr, std::move(other), count}); }

  /* Tasks given so far. */
  uint64_t given() const { return done + tasks.size(); }

  /*
   * Does the first `count` tasks, as far as they are not done, and of other lanes what these wait for: nothing else,
   * but that others run ahead. Stops at the first failure.
   */
  carousel_status runUntil(uint64_t count, std::string *why, const Lanes &ahead);

  /* Does of all lanes what waits for nothing that is not done, the last one first. */
  static carousel_status runAhead(const Lanes &lanes, std::string *why);

 private:
  struct Task {
    Work work; /* or a wait: */
    std::shared_ptr<Lane> other;
    uint64_t count;
  };

  bool blocked() const { return tasks.front().other != nullptr && tasks.front().other->done < tasks.front().count; }
  carousel_status runNext(std::string *why);

  std::deque<Task> tasks; /* not done yet */
  uint64_t done = 0;
};

}  // namespace emulation

#endif
