/* Kernels with a fault on purpose: the emulation must show each of them. */
#include <string>
#include <vector>

#include "check.h"
#include "emulation.h"
#include "machine.h"

namespace {

using emulation::Machine;
using emulation::Order;
using emulation::Timing;

constexpr int THREADS = 64;

__global__ void missingBarrier(const float *in, float *out) { /* reads what its right neighbour writes */
  __shared__ float copy[THREADS];
  int i = threadIdx.x;
  copy[i] = 0;
  __syncthreads();
  copy[i] = in[i];
  out[i] = copy[(i + 1) % THREADS];
}

__global__ void missingWarpBarrier(const float *in, float *out) {
  CAROUSEL_DYNAMIC_SHARED(float, copy);
  int i = threadIdx.x;
  copy[i] = in[i];
  out[i] = copy[i ^ 1];
}

__global__ void someLeave(float *out) {
  if (threadIdx.x >= 32) {
    return;
  }
  __syncthreads();
  out[threadIdx.x] = 1;
}

__global__ void differentBarriers(float *out) {
  if (threadIdx.x < 32) {
    __syncthreads();
  } else {
    out[threadIdx.x] = 1;
    __syncthreads();
  }
}

__global__ void halfAWarp(float *out) {
  if (threadIdx.x < 16) {
    out[threadIdx.x] = __shfl_xor_sync(~0u, 1.0f, 1); /* names lanes that do not come */
  } else {
    __syncthreads();
  }
}

__global__ void wrongMask(float *out) { out[threadIdx.x] = __shfl_xor_sync(0xffu, 1.0f, 1); }

__global__ void sharedByAll(float *out) {
  __shared__ float copy[THREADS];
  copy[threadIdx.x] = 1;
  __syncthreads();
  out[threadIdx.x] = copy[threadIdx.x];
}

__global__ void gridBarrier(float *) { cooperative_groups::this_grid().sync(); }

__global__ void writeVector(float *out) { *reinterpret_cast<float4 *>(out + threadIdx.x) = {1, 2, 3, 4}; }

__global__ void writeAll(float *out) { out[blockIdx.x * blockDim.x + threadIdx.x] = 1; }

/* How many values are not those of a right kernel, in one order. */
template <class Kernel>
int wrongValues(Order order, size_t sharedBytes, int distance, Kernel kernel) {
  Machine machine(order, Timing::EAGER, 1 << 20);
  std::vector<float> in(THREADS), out(THREADS);
  for (int i = 0; i < THREADS; i++) {
    in[i] = (float)(i + 1);
  }
  CHECK(CAROUSEL_LAUNCH(kernel, 1, THREADS, sharedBytes, machine.openStream(), in.data(), out.data()) == CAROUSEL_OK);
  int wrong = 0;
  for (int i = 0; i < THREADS; i++) {
    wrong += out[i] != in[distance == 0 ? i ^ 1 : (i + distance) % THREADS];
  }
  return wrong;
}

/* The launch fails, says why, and the machine refuses all further work. */
template <class Launch>
void fails(carousel_status status, const char *reason, Launch launch) {
  for (Order order : {Order::FORWARD, Order::REVERSED}) {
    Machine machine(order, Timing::LATE, 1 << 20);
    emulation::Stream *stream = machine.openStream();
    std::vector<float> out(4 * THREADS);
    CHECK(launch(stream, out.data()) == CAROUSEL_OK); /* enqueued */
    CHECK(stream->synchronize() == status);
    CHECK(machine.explanation().find(reason) != std::string::npos);
    CHECK(CAROUSEL_LAUNCH(writeAll, 1, THREADS, 0, stream, out.data()) == status);

    Machine another(order, Timing::EAGER, 1 << 20); /* where nothing is left of it */
    CHECK(CAROUSEL_LAUNCH(writeAll, 4, THREADS, 0, another.openStream(), out.data()) == CAROUSEL_OK);
    CHECK(out[0] == 1 && out[4 * THREADS - 1] == 1);
  }
}

}  // namespace

void testFaults() {
  CHECK(wrongValues(Order::FORWARD, 0, 1, missingBarrier) == THREADS - 1);
  CHECK(wrongValues(Order::REVERSED, 0, 1, missingBarrier) == 1);
  size_t bytes = THREADS * sizeof(float);
  CHECK(wrongValues(Order::FORWARD, bytes, 0, missingWarpBarrier) == THREADS / 2);
  CHECK(wrongValues(Order::REVERSED, bytes, 0, missingWarpBarrier) == THREADS / 2);

  fails(CAROUSEL_EMULATION_DEADLOCK, "has ended", [](carousel_stream s, float *out) {
    return CAROUSEL_LAUNCH(someLeave, 1, THREADS, 0, s, out);
  });
  fails(CAROUSEL_EMULATION_DEADLOCK, "others wait in line", [](carousel_stream s, float *out) {
    return CAROUSEL_LAUNCH(differentBarriers, 1, THREADS, 0, s, out);
  });
  fails(CAROUSEL_EMULATION_DEADLOCK, "waits for its warp", [](carousel_stream s, float *out) {
    return CAROUSEL_LAUNCH(halfAWarp, 1, 32, 0, s, out);
  });
  fails(CAROUSEL_EMULATION_DEADLOCK, "its own mask", [](carousel_stream s, float *out) {
    return CAROUSEL_LAUNCH(wrongMask, 1, 32, 0, s, out);
  });
  fails(CAROUSEL_EMULATION_DEADLOCK, "do not run together", [](carousel_stream s, float *out) {
    return CAROUSEL_LAUNCH(gridBarrier, 2, 32, 0, s, out);
  });
  fails(CAROUSEL_EMULATION_STATIC_SHARED, "static __shared__", [](carousel_stream s, float *out) {
    return CAROUSEL_LAUNCH_COOPERATIVE(sharedByAll, 2, THREADS, 0, s, out);
  });
}

void overrun() {
  Machine machine(Order::FORWARD, Timing::EAGER, 1 << 20);
  float *memory = static_cast<float *>(machine.memory.allocate((THREADS - 1) * sizeof(float)));
  CAROUSEL_LAUNCH(writeAll, 1, THREADS, 0, machine.openStream(), memory);
}

void misalign() {
  Machine machine(Order::FORWARD, Timing::EAGER, 1 << 20);
  float *memory = static_cast<float *>(machine.memory.allocate(THREADS * sizeof(float)));
  CAROUSEL_LAUNCH(writeVector, 1, 2, 0, machine.openStream(), memory);
}
