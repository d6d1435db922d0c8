#ifdef CAROUSEL_EMULATION

#include <sys/mman.h>

#include <cstring>
#include <memory>

#include "gpu.h"
#include "launch.h"
#include "machine.h"

namespace check {

namespace {
constexpr size_t CAPACITY = size_t{1} << 30;
std::unique_ptr<emulation::Machine> machine;
emulation::Stream *the_stream;
}  // namespace

const char *open_gpu(int run) {
  bool forward = run == 0;
  auto order = forward ? emulation::Order::FORWARD : emulation::Order::REVERSED;
  auto timing = forward ? emulation::Timing::EAGER : emulation::Timing::LATE;
  machine = std::make_unique<emulation::Machine>(order, timing, CAPACITY);
  the_stream = machine->openStream();
  return forward ? "emulation, threads in order, work at once" : "emulation, threads reversed, work done late";
}

void close_gpu() {
  require_ok("close", machine->closeStream(the_stream));
  machine.reset();
}

bool is_emulated() { return true; }

bool has_multiprocessors(int count) {
  emulation::multiprocessors = count == 0 ? emulation::MULTIPROCESSORS : count;
  return true;
}

carousel_stream stream() { return the_stream; }

void synchronize() { require_ok(machine->explanation().c_str(), the_stream->synchronize()); }

void *allocate(size_t bytes) {
  void *memory = machine->memory.allocate(bytes);
  require_ok("allocate", memory == nullptr ? CAROUSEL_INVALID_ARGUMENT : CAROUSEL_OK);
  return memory;
}

void release(void *memory) { require_ok("free", machine->free(memory)); }

void upload(void *to, const void *from, size_t bytes) { memcpy(to, from, bytes); }

void download(void *to, const void *from, size_t bytes) {
  synchronize();
  memcpy(to, from, bytes);
}

void *allocate_sparse(size_t bytes) {
  void *memory =
      mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  require_ok("allocate_sparse", memory == MAP_FAILED ? CAROUSEL_INVALID_ARGUMENT : CAROUSEL_OK);
  return memory;
}

void release_sparse(void *memory, size_t bytes) { munmap(memory, bytes); }

}  // namespace check

#endif
