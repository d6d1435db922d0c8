/* An emulated GPU: memory, streams, how it runs them. */
#ifndef CAROUSEL_EMULATION_MACHINE_H
#define CAROUSEL_EMULATION_MACHINE_H

#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "execution.h"
#include "memory.h"
#include "stream.h"

namespace emulation {

/*
 * EAGER: work is done when it is enqueued. LATE: when something waits for it, and nothing else is done then. AHEAD: so
 * late on the first stream alone; others do what they may as soon as they may, the one that was opened last first.
 */
enum class Timing { EAGER, LATE, AHEAD };

/*
 * Like a CUDA context, it refuses all work after a kernel has failed. Callers hold `lock`; launches, which kernel
 * libraries enqueue, take it themselves.
 */
class Machine {
 public:
  Machine(Order order, Timing timing, size_t capacityBytes)
      : memory(capacityBytes), threadOrder(order), streamTiming(timing) {}

  Stream *openStream();
  /* Does its work first. */
  carousel_status closeStream(Stream *stream);

  /* As cudaFree and cudaFreeHost, waits for all work on all streams first. */
  carousel_status free(void *address);
  carousel_status freePinned(void *address);

  /* Does all work on all streams; streams under capture have none. */
  carousel_status drain();
  carousel_status runUntil(Lane &lane, uint64_t count);
  /* Does what is done of itself after `lane` was given work. */
  carousel_status runGiven(Lane &lane);

  Order order() const { return threadOrder; }
  Timing timing() const { return streamTiming; }
  carousel_status failure() const { return failed; }
  /* What failed(), more than its status says. */
  const std::string &explanation() const { return why; }

  static std::recursive_mutex lock; /* one for all machines */
  Memory memory;

 private:
  Order threadOrder;
  Timing streamTiming;
  carousel_status failed = CAROUSEL_OK;
  std::string why;
  Lanes ahead() const;

  std::vector<std::unique_ptr<Stream>> streams;
};

using Guard = std::lock_guard<std::recursive_mutex>;

}  // namespace emulation

#endif
