/* The emulated GPU's memory: the host's, of a limited size, every piece booked. */
#ifndef CAROUSEL_EMULATION_MEMORY_H
#define CAROUSEL_EMULATION_MEMORY_H

#include <cstddef>
#include <cstdint>
#include <map>

namespace emulation {

class Memory {
 public:
  explicit Memory(size_t capacity) : capacity(capacity) {}
  Memory(const Memory &) = delete;
  Memory &operator=(const Memory &) = delete;
  ~Memory();

  /* Zeroed, 256-byte aligned, of exactly that size, so that AddressSanitizer sees its end; null when used up. */
  void *allocate(size_t bytes);
  /* Anything may be in it. */
  void *allocatePinned(size_t bytes);

  /* False where no such piece is open. */
  bool free(void *address);
  bool freePinned(void *address);

  size_t freeBytes() const { return capacity - used; }

  /* Whether `rows` rows of `bytes` bytes, `pitch` apart, lie in one open piece of device memory. */
  bool isDevice(const void *address, size_t pitch, size_t bytes, size_t rows) const;
  bool isPinned(const void *address, size_t pitch, size_t bytes, size_t rows) const;

 private:
  using Pieces = std::map<uintptr_t, size_t>; /* address, size */

  size_t capacity;
  size_t used = 0;
  Pieces device, pinned;
};

}  // namespace emulation

#endif
