/*
 * exchange_time: what persistent kernels rest on, on a real GPU: how long blocks take to hand each other 1 KiB a block and
 * to wait for each other, in nanoseconds per exchange; one JSON line per row. Medians; each time is the difference of a
 * launch with twice as many exchanges and one with as many, so that launching is not in it. One block of 256 threads a
 * multiprocessor. The gap between the nodes of a graph, which a kernel per time step pays instead, is in host_time.
 *
 *   exchange    "cluster": remote stores and the barrier of the cluster; "flags": L2 and a flag of each block;
 *               "grid": L2 and the barrier of the grid, for comparison
 *   blocks      that exchange with each other
 *   groups      of so many blocks, at once: as many as fit
 *   payloads    of 1 KiB that each block writes to others (cluster) or reads of others (flags, grid)
 *   ns          per exchange
 *
 * and how many clusters of `blocks` blocks of 256 threads are there at once, for `shared_kib` of shared memory a block:
 *
 *   active_clusters
 */
#include <algorithm>
#include <cstdio>

#include "exchanges.cuh"
#include "stopwatch.h"

namespace {

using check::require;
using exchange::threads;

constexpr int rounds = 2000;

class Bench {
 public:
  Bench() {
    require(carousel_set_device(0));
    require(carousel::gpu_limits(&limits));
    require(cudaStreamCreateWithFlags(&stream, cudaStreamNonBlocking));
    require(cudaMalloc(&slots, size_t{2} * limits.multiprocessors * exchange::payload_bytes));
    require(cudaMalloc(&flags, limits.multiprocessors * sizeof(uint32_t)));
    require(cudaMalloc(&wrong, sizeof(uint32_t)));
    require(cudaMemsetAsync(wrong, 0, sizeof(uint32_t), stream));
  }
  ~Bench() {
    require(cudaFree(slots));
    require(cudaFree(flags));
    require(cudaFree(wrong));
    require(cudaStreamDestroy(stream));
  }
  Bench(const Bench &) = delete;
  Bench &operator=(const Bench &) = delete;

  void clusters() {
    if (limits.capability < 90) {
      return;
    }
    for (int size : {2, 4, 8, 16}) {
      int groups = carousel::max_active_clusters(exchange::by_cluster, size, threads, limits.shared_bytes);
      for (int payloads : {1, size}) {
        if (groups > 0) {
          row("cluster", size, groups, payloads, [&](uint32_t first, int count) {
            return CAROUSEL_LAUNCH_CLUSTER(exchange::by_cluster, size, groups * size, threads, limits.shared_bytes, stream,
                                           wrong, payloads, first, count);
          });
        }
      }
    }
    for (int size : {8, 16}) {
      for (int kib : {64, 128, 200}) {
        int active = carousel::max_active_clusters(exchange::by_cluster, size, threads, size_t{1024} * kib);
        printf("{\"blocks\":%d,\"shared_kib\":%d,\"active_clusters\":%d}\n", size, kib, active);
      }
    }
  }

  void groups_by_flags() {
    for (int size : {4, 8, 16, 32, 64, 128}) {
      int groups = limits.multiprocessors / size;
      for (int payloads : {1, size}) {
        if (groups > 0) {
          require(cudaMemsetAsync(flags, 0, limits.multiprocessors * sizeof(uint32_t), stream));
          row("flags", size, groups, payloads, [&](uint32_t first, int count) {
            return CAROUSEL_LAUNCH_COOPERATIVE(exchange::by_flags, groups * size, threads, limits.shared_bytes, stream,
                                               slots, flags, wrong, size, payloads, first, count);
          });
        }
      }
    }
  }

  void whole_grid() {
    int size = limits.multiprocessors;
    for (int payloads : {1, size}) {
      row("grid", size, 1, payloads, [&](uint32_t first, int count) {
        return CAROUSEL_LAUNCH_COOPERATIVE(exchange::by_grid_barrier, size, threads, limits.shared_bytes, stream, slots,
                                           wrong, payloads, first, count);
      });
    }
  }

 private:
  // launch(first, count) enqueues `count` exchanges after the first `first`.
  template <class Launch>
  void row(const char *exchange, int blocks, int groups, int payloads, const Launch &launch) {
    check::Stopwatch watch(stream);
    uint32_t done = 0;
    auto microseconds = [&](int count) {
      double time = watch.gpu_microseconds([&] { require(launch(done, count)); });
      done += count;
      return time;
    };
    double nanoseconds = check::median([&] { return microseconds(2 * rounds) - microseconds(rounds); }) * 1000 / rounds;
    uint32_t bad = 0;
    require(cudaMemcpyAsync(&bad, wrong, sizeof bad, cudaMemcpyDeviceToHost, stream));
    require(cudaStreamSynchronize(stream));
    if (bad != 0) {
      fprintf(stderr, "exchange_time: %u words were wrong: %s, %d blocks\n", bad, exchange, blocks);
      exit(1);
    }
    printf("{\"exchange\":\"%s\",\"blocks\":%d,\"groups\":%d,\"payloads\":%d,\"ns\":%.1f}\n", exchange, blocks, groups,
           payloads, nanoseconds);
  }

  carousel::GpuLimits limits = {};
  cudaStream_t stream = nullptr;
  uint32_t *slots = nullptr, *flags = nullptr, *wrong = nullptr;
};

}  // namespace

int main() {
  Bench bench;
  bench.clusters();
  bench.groups_by_flags();
  bench.whole_grid();
  return 0;
}
