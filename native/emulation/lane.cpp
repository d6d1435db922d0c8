#include "lane.h"

#include <utility>
#include <vector>

namespace emulation {

carousel_status Lane::runUntil(uint64_t count, std::string *why) {
  /* Waits name earlier work only, so this ends; a list, as chains of waits may be longer than a call stack. */
  std::vector<std::pair<Lane *, uint64_t>> goals = {{this, count}};
  while (!goals.empty()) {
    auto [lane, goal] = goals.back();
    if (lane->done >= goal) {
      goals.pop_back();
      continue;
    }
    Task &task = lane->tasks.front();
    if (task.other != nullptr && task.other->done < task.count) {
      goals.emplace_back(task.other.get(), task.count);
      continue;
    }
    Work work = std::move(task.work);
    lane->tasks.pop_front();
    lane->done++;
    if (work != nullptr) {
      carousel_status status = work(why);
      if (status != CAROUSEL_OK) {
        return status;
      }
    }
  }
  return CAROUSEL_OK;
}

}  // namespace emulation
