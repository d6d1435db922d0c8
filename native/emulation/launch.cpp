#include "launch.h"

#include "execution.h"
#include "machine.h"
#include "runtime.h"

namespace emulation {

int multiprocessors = MULTIPROCESSORS;

namespace {

/* CUDA's limits; more shared memory has to be asked for, which CAROUSEL_LAUNCH does not. */
constexpr unsigned MOST_THREADS = 1024, MOST_BLOCK_Z = 64, MOST_GRID_YZ = 65535, MOST_GRID_X = 0x7fffffff;
constexpr size_t MOST_SHARED_UNASKED = 48 << 10;
/* Of blocks that run together: each thread needs a stack, and the number of mappings of a process is limited. */
constexpr size_t MOST_TOGETHER = 4096;
constexpr unsigned MOST_CLUSTER = 16;

bool within(dim3 size, unsigned x, unsigned y, unsigned z) {
  return size.x >= 1 && size.x <= x && size.y >= 1 && size.y <= y && size.z >= 1 && size.z <= z;
}

}  // namespace

carousel_status check(const Launch &launch) {
  if (!within(launch.grid, MOST_GRID_X, MOST_GRID_YZ, MOST_GRID_YZ) ||
      !within(launch.block, MOST_THREADS, MOST_THREADS, MOST_BLOCK_Z)) {
    return cudaErrorInvalidConfiguration;
  }
  size_t threads = (size_t)launch.block.x * launch.block.y * launch.block.z;
  size_t blocks = (size_t)launch.grid.x * launch.grid.y * launch.grid.z;
  if (threads > MOST_THREADS) {
    return cudaErrorInvalidConfiguration;
  }
  if (launch.sharedBytes > (launch.together == Together::NONE ? MOST_SHARED_UNASKED : MOST_SHARED)) {
    return cudaErrorInvalidValue;
  }
  if (launch.together == Together::GRID && blocks > MULTIPROCESSORS) {
    return cudaErrorCooperativeLaunchTooLarge;
  }
  if (launch.cluster < 1 || launch.cluster > MOST_CLUSTER || launch.grid.x % launch.cluster != 0) {
    return cudaErrorInvalidClusterSize;
  }
  return threads * blocksTogether(launch) > MOST_TOGETHER ? cudaErrorInvalidConfiguration : CAROUSEL_OK;
}

size_t blocksTogether(const Launch &launch) {
  return launch.together == Together::GRID ? (size_t)launch.grid.x * launch.grid.y * launch.grid.z : launch.cluster;
}

int mostClusters(unsigned cluster, dim3 block, size_t sharedBytes) {
  bool fits = check({"", cluster, block, sharedBytes, Together::CLUSTER, cluster, nullptr}) == CAROUSEL_OK;
  return fits ? multiprocessors / (int)cluster : 0;
}

carousel_status enqueue(Launch launch, carousel_stream handle) {
  carousel_status status = check(launch);
  if (status != CAROUSEL_OK) {
    return status;
  }
  Guard guard(Machine::lock);
  if (handle == nullptr) {
    std::string why;
    return run(launch, Order::FORWARD, &why);
  }
  Stream &stream = *static_cast<Stream *>(handle);
  Order order = stream.machine.order();
  return stream.enqueue([launch = std::move(launch), order](std::string *why) { return run(launch, order, why); });
}

}  // namespace emulation
