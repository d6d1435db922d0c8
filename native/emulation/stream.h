/* An emulated stream: a FIFO of work on a machine. */
#ifndef CAROUSEL_EMULATION_STREAM_H
#define CAROUSEL_EMULATION_STREAM_H

#include <memory>

#include "gemm.h"
#include "graph.h"
#include "lane.h"

namespace emulation {

class Machine;

/* Statuses are CUDA's. Callers hold the machine's lock. */
class Stream {
 public:
  static constexpr int MARKS = 4;

  explicit Stream(Machine &machine) : machine(machine) {}

  /* To be done in its turn; recorded instead while the stream is under capture. */
  carousel_status enqueue(Work work);

  carousel_status synchronize();
  /* Work enqueued from now on starts after all that `other` has been given; may take this stream into a capture. */
  carousel_status await(Stream &other);
  carousel_status mark(int number);
  carousel_status awaitMark(int number);

  /* Rows of `bytes` bytes; each side lies in device or in pinned memory. */
  carousel_status copy(void *to, size_t toPitch, const void *from, size_t fromPitch, size_t bytes, size_t rows);
  carousel_status gemm(const Gemm &product);

  carousel_status beginCapture();
  /* On success `graph` is what was recorded. In any case the streams work again as before. */
  carousel_status endCapture(Graph *graph);
  bool capturing() const { return capture != nullptr; }

  /* What it was given to do. */
  std::shared_ptr<Lane> given() const { return lane; }

  Machine &machine;

 private:
  struct Mark {
    bool captured = false;
    uint64_t position = 0;
  };

  carousel_status forbidden(carousel_status status);

  std::shared_ptr<Lane> lane = std::make_shared<Lane>();
  Mark marks[MARKS];
  std::shared_ptr<Capture> capture; /* null: none under way */
  int branch = 0;                   /* of the capture */
};

}  // namespace emulation

#endif
