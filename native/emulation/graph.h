/* Streams under capture, and what comes of it. */
#ifndef CAROUSEL_EMULATION_GRAPH_H
#define CAROUSEL_EMULATION_GRAPH_H

#include <vector>

#include "lane.h"

namespace emulation {

class Stream;

/* Recorded work: branches that wait for each other, the first of them for all others in the end. */
class Graph {
 public:
  /* A new branch without work. */
  int addBranch();
  void add(int branch, Work work);
  /* What is added to `branch` from now on starts after all that `other` has so far. */
  void addWait(int branch, int other);

  /* Whether the first branch waits for all work of all others. */
  bool joined() const;

  /* Pieces of work, waits not counted. */
  int64_t nodes() const;

  /* Runs it in the order of recording. */
  carousel_status runInOrder(std::string *why) const;

  /* Runs the first branch, and others only when it waits for them; or `ahead`, as soon as they may. */
  carousel_status runLate(bool ahead, std::string *why) const;

 private:
  struct Node {
    int branch;
    Work work; /* or a wait: */
    int other;
    uint64_t count;
  };

  std::vector<Node> recorded;
  std::vector<uint64_t> lengths; /* of the branches */
};

/* A capture under way: the graph so far, and the stream of each branch. */
struct Capture {
  Graph graph;
  std::vector<Stream *> streams;
  bool invalid = false; /* by a call that a capture forbids */
};

}  // namespace emulation

#endif
