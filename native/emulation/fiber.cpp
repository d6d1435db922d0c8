#include "fiber.h"

#include <sys/mman.h>

#ifndef __x86_64__
#error "the emulation switches stacks in x86-64 assembly"
#endif

#ifdef __SANITIZE_ADDRESS__
#include <sanitizer/asan_interface.h>
#include <sanitizer/common_interface_defs.h>
#endif

/* Saves what a function must preserve on the old stack, and takes it from the new one. */
extern "C" void carousel_emulation_switch(void **save, void *load);
__asm__(
    ".text\n"
    ".globl carousel_emulation_switch\n"
    ".hidden carousel_emulation_switch\n"
    ".type carousel_emulation_switch,@function\n"
    "carousel_emulation_switch:\n"
    "  pushq %rbp\n  pushq %rbx\n  pushq %r12\n  pushq %r13\n  pushq %r14\n  pushq %r15\n"
    "  movq %rsp, (%rdi)\n"
    "  movq %rsi, %rsp\n"
    "  popq %r15\n  popq %r14\n  popq %r13\n  popq %r12\n  popq %rbx\n  popq %rbp\n"
    "  ret\n"
    ".size carousel_emulation_switch,.-carousel_emulation_switch\n");

namespace emulation {

namespace {

constexpr size_t PAGE = 4096;
#ifdef __SANITIZE_ADDRESS__
constexpr size_t STACK = 256 << 10; /* red zones make frames larger */
#else
constexpr size_t STACK = 64 << 10;
#endif
constexpr int SAVED_REGISTERS = 6;

Fiber *left; /* the fiber that switched last */

}  // namespace

bool Fiber::start(void (*main)()) {
  if (memory == nullptr) {
    void *mapped =
        mmap(nullptr, PAGE + STACK, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (mapped == MAP_FAILED) {
      return false;
    }
    memory = static_cast<char *>(mapped);
    mprotect(memory, PAGE, PROT_NONE);
    bottom = memory + PAGE;
    size = STACK;
  }
#ifdef __SANITIZE_ADDRESS__
  ASAN_UNPOISON_MEMORY_REGION(bottom, size); /* frames of a kernel that never returned */
#endif
  void **top = reinterpret_cast<void **>(memory + PAGE + STACK);
  *--top = nullptr; /* return address of main; leaves the stack aligned as after a call */
  *--top = reinterpret_cast<void *>(main);
  stackPointer = top - SAVED_REGISTERS;
  fakeStack = nullptr;
  return true;
}

Fiber::~Fiber() {
  if (memory != nullptr) {
    munmap(memory, PAGE + STACK);
  }
}

void Fiber::switchTo(Fiber &next) {
  left = this;
#ifdef __SANITIZE_ADDRESS__
  __sanitizer_start_switch_fiber(&fakeStack, next.bottom, next.size);
#endif
  carousel_emulation_switch(&stackPointer, next.stackPointer);
#ifdef __SANITIZE_ADDRESS__
  __sanitizer_finish_switch_fiber(fakeStack, &left->bottom, &left->size);
#endif
}

void Fiber::arrive() {
#ifdef __SANITIZE_ADDRESS__
  __sanitizer_finish_switch_fiber(nullptr, &left->bottom, &left->size); /* tells where the host's stack lies */
#endif
}

}  // namespace emulation
