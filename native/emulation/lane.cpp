#include "lane.h"

#include <utility>
#include <vector>

namespace emulation {

carousel_status Lane::runUntil(uint64_t count, std::string *why, const Lanes &ahead) {
  /* Waits name earlier work only, so this ends; a list, as chains of waits may be longer than a call stack. */
  std::vector<std::pair<Lane *, uint64_t>> goals = {{this, count}};
  carousel_status status = runAhead(ahead, why);
  while (status == CAROUSEL_OK && !goals.empty()) {
    auto [lane, goal] = goals.back();
    if (lane->done >= goal) {
      goals.pop_back();
      continue;
    }
    if (lane->blocked()) {
      Task &wait = lane->tasks.front();
      goals.emplace_back(wait.other.get(), wait.count);
      continue;
    }
    status = lane->runNext(why);
    if (status == CAROUSEL_OK) {
      status = runAhead(ahead, why);
    }
  }
  return status;
}

carousel_status Lane::runAhead(const Lanes &lanes, std::string *why) {
  for (size_t i = lanes.size(); i > 0;) {
    Lane &lane = *lanes[--i];
    if (lane.tasks.empty() || lane.blocked()) {
      continue;
    }
    carousel_status status = lane.runNext(why);
    if (status != CAROUSEL_OK) {
      return status;
    }
    i = lanes.size(); /* of which one may have waited for this */
  }
  return CAROUSEL_OK;
}

carousel_status Lane::runNext(std::string *why) {
  Work work = std::move(tasks.front().work);
  tasks.pop_front();
  done++;
  return work == nullptr ? CAROUSEL_OK : work(why);
}

}  // namespace emulation
