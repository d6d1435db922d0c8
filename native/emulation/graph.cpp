#include "graph.h"

namespace emulation {

int Graph::addBranch() {
  lengths.push_back(0);
  return (int)lengths.size() - 1;
}

void Graph::add(int branch, Work work) {
  recorded.push_back({branch, std::move(work), 0, 0});
  lengths[branch]++;
}

void Graph::addWait(int branch, int other) {
  recorded.push_back({branch, nullptr, other, lengths[other]});
  lengths[branch]++;
}

bool Graph::joined() const {
  std::vector<uint64_t> reached(lengths.size(), 0); /* how much of each branch comes before the end of the first */
  std::vector<uint64_t> position(lengths);
  reached[0] = lengths[0];
  for (auto node = recorded.rbegin(); node != recorded.rend(); ++node) { /* waits name earlier work only */
    position[node->branch]--;
    if (node->work == nullptr && position[node->branch] < reached[node->branch]) {
      reached[node->other] = std::max(reached[node->other], node->count);
    }
  }
  return reached == lengths;
}

int64_t Graph::nodes() const {
  int64_t count = 0;
  for (const Node &node : recorded) {
    count += node.work != nullptr;
  }
  return count;
}

carousel_status Graph::runInOrder(std::string *why) const {
  for (const Node &node : recorded) {
    if (node.work != nullptr) {
      carousel_status status = node.work(why);
      if (status != CAROUSEL_OK) {
        return status;
      }
    }
  }
  return CAROUSEL_OK;
}

carousel_status Graph::runLate(bool ahead, std::string *why) const {
  Lanes lanes;
  for (size_t i = 0; i < lengths.size(); i++) {
    lanes.push_back(std::make_shared<Lane>());
  }
  for (const Node &node : recorded) {
    if (node.work != nullptr) {
      lanes[node.branch]->add(node.work);
    } else {
      lanes[node.branch]->addWait(lanes[node.other], node.count);
    }
  }
  return lanes[0]->runUntil(lengths[0], why, ahead ? Lanes(lanes.begin() + 1, lanes.end()) : Lanes());
}

}  // namespace emulation
