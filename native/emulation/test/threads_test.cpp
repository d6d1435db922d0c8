#include <vector>

#include "check.h"
#include "emulation.h"
#include "machine.h"

namespace {

using emulation::Order;
using emulation::Timing;

/* Runs a test on machines of both orders. */
template <class Test>
void inBothOrders(Test test) {
  for (Order order : {Order::FORWARD, Order::REVERSED}) {
    emulation::Machine machine(order, Timing::EAGER, 1 << 20);
    test(machine.openStream());
  }
}

__global__ void writePlace(int *out) {
  int block = (blockIdx.z * gridDim.y + blockIdx.y) * gridDim.x + blockIdx.x;
  int thread = (threadIdx.z * blockDim.y + threadIdx.y) * blockDim.x + threadIdx.x;
  out[block * blockDim.x * blockDim.y * blockDim.z + thread] += block * 1000 + thread;
}

__global__ void reverseBlock(float *values) {
  CAROUSEL_DYNAMIC_SHARED(float, copy);
  unsigned i = threadIdx.x;
  copy[i] = values[blockIdx.x * blockDim.x + i];
  __syncthreads();
  values[blockIdx.x * blockDim.x + i] = copy[blockDim.x - 1 - i];
}

__global__ void staticShared(float *values) {
  __shared__ float sums[2];
  if (threadIdx.x < 2) {
    sums[threadIdx.x] = blockIdx.x;
  }
  __syncthreads();
  values[blockIdx.x * blockDim.x + threadIdx.x] = sums[threadIdx.x % 2];
}

__global__ void firstValue(float *value) {
  CAROUSEL_DYNAMIC_SHARED(float, shared);
  *value = shared[threadIdx.x];
}

struct Lanes {
  int down, downInEights, up, exchanged, exchangedInEights, taken, takenInEights, oddOnes, any, all, ofHalf;
  double wide;
};

__global__ void askLanes(Lanes *out) {
  int lane = threadIdx.x % 32;
  Lanes &mine = out[threadIdx.x];
  mine.down = __shfl_down_sync(~0u, lane, 3);
  mine.downInEights = __shfl_down_sync(~0u, lane, 3, 8);
  mine.up = __shfl_up_sync(~0u, lane, 5);
  mine.exchanged = __shfl_xor_sync(~0u, lane, 16);
  mine.exchangedInEights = __shfl_xor_sync(~0u, lane, 9, 8);
  mine.taken = __shfl_sync(~0u, lane, 7);
  mine.takenInEights = __shfl_sync(~0u, lane, 11, 8);
  mine.wide = __shfl_sync(~0u, lane + 0.25, 31);
  mine.oddOnes = (int)__ballot_sync(~0u, lane & 1);
  mine.any = __any_sync(~0u, lane == 30);
  mine.all = __all_sync(~0u, lane != 30);
  if (lane < 16) { /* the other half is elsewhere */
    mine.ofHalf = __shfl_xor_sync(0xffffu, lane, 1);
  } else {
    mine.ofHalf = __shfl_xor_sync(0xffff0000u, lane, 3);
    __syncwarp(0xffff0000u);
  }
}

__global__ void count(int *total) { atomicAdd(total, 2); }

__global__ void partialWarp(float *out) {
  if (threadIdx.x == 2) {
    return; /* and is no longer waited for */
  }
  out[threadIdx.x] = __shfl_down_sync(~0u, (float)threadIdx.x, 1);
}

__global__ void passRound(int *values) {
  namespace cg = cooperative_groups;
  CAROUSEL_DYNAMIC_SHARED(int, mine);
  int block = blockIdx.x, blocks = gridDim.x;
  for (int round = 0; round < 3; round++) {
    mine[0] = values[(block + 1) % blocks];
    cg::this_grid().sync();
    values[block] = mine[0];
    cg::this_grid().sync();
  }
}

}  // namespace

void testThreads() {
  inBothOrders([](emulation::Stream *stream) {
    std::vector<int> places(2 * 3 * 2 * 4 * 5 * 3);
    CHECK(CAROUSEL_LAUNCH(writePlace, dim3(2, 3, 2), dim3(4, 5, 3), 0, stream, places.data()) == CAROUSEL_OK);
    int wrong = 0;
    for (int i = 0; i < (int)places.size(); i++) {
      wrong += places[i] != i / 60 * 1000 + i % 60;
    }
    CHECK(wrong == 0);

    std::vector<float> values(3 * 100);
    for (int i = 0; i < 300; i++) {
      values[i] = (float)i;
    }
    CHECK(CAROUSEL_LAUNCH(reverseBlock, 3, 100, 100 * sizeof(float), stream, values.data()) == CAROUSEL_OK);
    CHECK(values[0] == 99 && values[99] == 0 && values[100] == 199 && values[250] == 249);
    CHECK(CAROUSEL_LAUNCH(staticShared, 3, 100, 0, stream, values.data()) == CAROUSEL_OK);
    CHECK(values[0] == 0 && values[150] == 1 && values[299] == 2);
    CHECK(CAROUSEL_LAUNCH(firstValue, 1, 1, 4, stream, values.data()) == CAROUSEL_OK);
    CHECK(std::isnan(values[0]));

    std::vector<Lanes> lanes(64);
    CHECK(CAROUSEL_LAUNCH(askLanes, 1, 64, 0, stream, lanes.data()) == CAROUSEL_OK);
    wrong = 0;
    for (int i = 0; i < 64; i++) {
      int lane = i % 32;
      const Lanes &got = lanes[i];
      wrong += got.down != (lane + 3 < 32 ? lane + 3 : lane);
      wrong += got.downInEights != (lane % 8 + 3 < 8 ? lane + 3 : lane);
      wrong += got.up != (lane >= 5 ? lane - 5 : lane);
      wrong += got.exchanged != (lane ^ 16);
      wrong += got.exchangedInEights != ((lane ^ 9) < lane / 8 * 8 + 8 ? (lane ^ 9) : lane);
      wrong += got.taken != 7;
      wrong += got.takenInEights != lane / 8 * 8 + 3;
      wrong += got.wide != 31.25;
      wrong += (unsigned)got.oddOnes != 0xaaaaaaaau;
      wrong += got.any != 1 || got.all != 0;
      wrong += got.ofHalf != (lane < 16 ? lane ^ 1 : lane ^ 3);
    }
    CHECK(wrong == 0);

    int total = 1;
    CHECK(CAROUSEL_LAUNCH(count, 7, 33, 0, stream, &total) == CAROUSEL_OK);
    CHECK(total == 1 + 2 * 7 * 33);

    float partial[5] = {};
    CHECK(CAROUSEL_LAUNCH(partialWarp, 1, 5, 0, stream, partial) == CAROUSEL_OK);
    CHECK(partial[0] == 1 && std::isnan(partial[1]) && partial[2] == 0 && partial[3] == 4 && std::isnan(partial[4]));

    int round[4] = {10, 11, 12, 13};
    CHECK(CAROUSEL_LAUNCH_COOPERATIVE(passRound, 4, 1, sizeof(int), stream, round) == CAROUSEL_OK);
    CHECK(round[0] == 13 && round[1] == 10 && round[2] == 11 && round[3] == 12);

    CHECK(CAROUSEL_LAUNCH(count, 1, 1025, 0, stream, &total) == cudaErrorInvalidConfiguration);
    CHECK(CAROUSEL_LAUNCH(count, 0, 32, 0, stream, &total) == cudaErrorInvalidConfiguration);
    CHECK(CAROUSEL_LAUNCH(count, dim3(1, 65536), 32, 0, stream, &total) == cudaErrorInvalidConfiguration);
    CHECK(CAROUSEL_LAUNCH(count, 1, 32, 50000, stream, &total) == cudaErrorInvalidValue);
    CHECK(total == 1 + 2 * 7 * 33);
  });
}
