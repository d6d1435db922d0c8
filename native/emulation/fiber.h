/* Stacks of their own, and switching between them; all on one host thread. */
#ifndef CAROUSEL_EMULATION_FIBER_H
#define CAROUSEL_EMULATION_FIBER_H

#include <cstddef>

namespace emulation {

/* A stack with what runs on it. The default one stands for a stack of the host: the one that first switches away. */
class Fiber {
 public:
  Fiber() = default;
  Fiber(const Fiber &) = delete;
  Fiber &operator=(const Fiber &) = delete;
  ~Fiber();

  /* Allocates a stack (once) on which `main`, which must not return, starts at the next switch to it. */
  bool start(void (*main)());

  /* Leaves this fiber, which must be the running one, for another; returns when something switches back. */
  void switchTo(Fiber &next);

  /* To be called first on a stack that was just started. */
  static void arrive();

 private:
  void *stackPointer = nullptr;
  char *memory = nullptr; /* guard page, then the stack */
  const void *bottom = nullptr;
  size_t size = 0;
  void *fakeStack = nullptr; /* of AddressSanitizer */
};

}  // namespace emulation

#endif
