#include "memory.h"

#include <cstdlib>
#include <cstring>

namespace emulation {

namespace {

constexpr size_t ALIGNMENT = 256;

using Pieces = std::map<uintptr_t, size_t>;

void *open(Pieces &pieces, size_t bytes) {
  void *memory = nullptr;
  if (posix_memalign(&memory, ALIGNMENT, bytes == 0 ? 1 : bytes) != 0) {
    return nullptr;
  }
  pieces[reinterpret_cast<uintptr_t>(memory)] = bytes;
  return memory;
}

bool lies(const Pieces &pieces, const void *address, size_t pitch, size_t bytes, size_t rows) {
  uintptr_t start = reinterpret_cast<uintptr_t>(address);
  auto next = pieces.upper_bound(start);
  if (next == pieces.begin()) {
    return false;
  }
  auto piece = std::prev(next);
  size_t extent = rows == 0 ? 0 : (rows - 1) * pitch + bytes;
  return start - piece->first + extent <= piece->second;
}

}  // namespace

Memory::~Memory() {
  for (const Pieces *pieces : {&device, &pinned}) {
    for (const auto &piece : *pieces) {
      std::free(reinterpret_cast<void *>(piece.first));
    }
  }
}

void *Memory::allocate(size_t bytes) {
  if (bytes > freeBytes()) {
    return nullptr;
  }
  void *memory = open(device, bytes);
  if (memory != nullptr) {
    memset(memory, 0, bytes);
    used += bytes;
  }
  return memory;
}

void *Memory::allocatePinned(size_t bytes) { return open(pinned, bytes); }

bool Memory::free(void *address) {
  auto piece = device.find(reinterpret_cast<uintptr_t>(address));
  if (piece == device.end()) {
    return false;
  }
  used -= piece->second;
  device.erase(piece);
  std::free(address);
  return true;
}

bool Memory::freePinned(void *address) {
  if (pinned.erase(reinterpret_cast<uintptr_t>(address)) == 0) {
    return false;
  }
  std::free(address);
  return true;
}

bool Memory::isDevice(const void *address, size_t pitch, size_t bytes, size_t rows) const {
  return lies(device, address, pitch, bytes, rows);
}

bool Memory::isPinned(const void *address, size_t pitch, size_t bytes, size_t rows) const {
  return lies(pinned, address, pitch, bytes, rows);
}

}  // namespace emulation
