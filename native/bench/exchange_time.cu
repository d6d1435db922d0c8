/*
 * exchange_time: what persistent kernels rest on, on a real GPU: how long blocks take to hand each other 1 KiB a block
 * and to wait for each other, in nanoseconds per exchange; one JSON line per row. Medians; each time is the difference
 * of a launch with twice as many exchanges and one with as many, so that launching is not in it. One block of 256
 * threads a multiprocessor. The gap between the nodes of a graph, which a kernel per time step pays instead, is in
 * host_time.
 *
 *   exchange    "cluster": remote stores and the barrier of the cluster; "counted": remote stores that the blocks which
 *               they go to count, without a barrier; "flags": L2 and a flag of each block;
 *               "grid": L2 and the barrier of the grid, for comparison
 *   blocks      that exchange with each other
 *   groups      of so many blocks, at once: as many as fit
 *   payloads    of 1 KiB that each block writes to others (cluster; counted: a part of one to all, or one to each) or
 *               reads of others (flags, grid)
 *   flag_bytes  from one block's flag to the next (flags): 4, side by side; 32, a sector of the L2 each; 128, a line
 *   ns          per exchange
 *
 * and how many clusters of `blocks` blocks of 256 threads are there at once, for `shared_kib` of shared memory a block:
 *
 *   active_clusters
 *
 * and, last, since this is what might never end, whether launches whose blocks all run together ("flags") run beside
 * each other on two streams, each of half of the multiprocessors, or of all, which cannot:
 *
 *   launches    2, of `blocks` blocks each
 *   ratio       of their time to that of one alone: 1 beside each other, 2 one after the other
 */
#include <algorithm>
#include <cstdio>

#include "exchanges.cuh"
#include "stopwatch.h"

namespace {

using check::require;
using exchange::threads;

constexpr int rounds = 2000;
constexpr int most_apart = 32; // words between flags
constexpr int payload_packs = exchange::payload_bytes / sizeof(uint4);

class Bench {
 public:
  Bench() {
    require(carousel_set_device(0));
    require(carousel::gpu_limits(&limits));
    require(cudaStreamCreateWithFlags(&stream, cudaStreamNonBlocking));
    require(cudaStreamCreateWithFlags(&other, cudaStreamNonBlocking));
    require(cudaEventCreateWithFlags(&before, cudaEventDisableTiming));
    require(cudaEventCreateWithFlags(&after, cudaEventDisableTiming));
    require(cudaMalloc(&slots, 2 * slot_words() * sizeof(uint32_t))); // of two launches
    require(cudaMalloc(&flags, flags_bytes()));
    require(cudaMalloc(&wrong, sizeof(uint32_t)));
    require(cudaMemsetAsync(wrong, 0, sizeof(uint32_t), stream));
  }
  ~Bench() {
    require(cudaFree(slots));
    require(cudaFree(flags));
    require(cudaFree(wrong));
    require(cudaEventDestroy(before));
    require(cudaEventDestroy(after));
    require(cudaStreamDestroy(other));
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
        auto by = [&](const char *name, auto kernel, int much) {
          row(name, size, groups, payloads, [&](uint32_t first, int count) {
            return CAROUSEL_LAUNCH_CLUSTER(kernel, size, groups * size, threads, limits.shared_bytes, stream, wrong,
                                           much, first, count);
          });
        };
        if (groups > 0) {
          by("cluster", exchange::by_cluster, payloads);
          by("counted", exchange::by_counted_stores, payloads * payload_packs / size);
        }
      }
    }
    for (int size = 2; size <= 16; size++) {
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
        for (int apart : {1, 8, most_apart}) {
          if (groups > 0) {
            require(cudaMemsetAsync(flags, 0, flags_bytes(), stream));
            auto launch = [&](uint32_t first, int count) {
              return CAROUSEL_LAUNCH_COOPERATIVE(exchange::by_flags, groups * size, threads, limits.shared_bytes,
                                                 stream, slots, flags, wrong, size, payloads, apart, first, count);
            };
            row("flags", size, groups, payloads, launch, apart);
          }
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

  void beside() {
    for (int blocks : {limits.multiprocessors / 2, limits.multiprocessors}) {
      require(cudaMemsetAsync(flags, 0, flags_bytes(), stream));
      uint32_t done = 0;
      auto launch = [&](cudaStream_t on, int which) {
        require(CAROUSEL_LAUNCH_COOPERATIVE(exchange::by_flags, blocks, threads, limits.shared_bytes, on,
                                            slots + which * slot_words(), flags + which * limits.multiprocessors, wrong,
                                            blocks, 1, 1, done, rounds));
      };
      check::Stopwatch watch(stream);
      auto microseconds = [&](bool two) {
        double time = watch.gpu_microseconds([&] {
          if (two) {
            require(cudaEventRecord(before, stream));
            require(cudaStreamWaitEvent(other, before, 0));
            launch(other, 1);
            require(cudaEventRecord(after, other));
          }
          launch(stream, 0);
          if (two) {
            require(cudaStreamWaitEvent(stream, after, 0));
          }
        });
        done += rounds;
        return time;
      };
      double one = check::median([&] { return microseconds(false); });
      double two = check::median([&] { return microseconds(true); });
      require_right("flags", blocks);
      printf("{\"exchange\":\"flags\",\"blocks\":%d,\"launches\":2,\"ratio\":%.2f}\n", blocks, two / one);
    }
  }

 private:
  // launch(first, count) enqueues `count` exchanges after the first `first`; flags are `apart` words from each other.
  template <class Launch>
  void row(const char *exchange, int blocks, int groups, int payloads, const Launch &launch, int apart = 0) {
    check::Stopwatch watch(stream);
    uint32_t done = 0;
    auto microseconds = [&](int count) {
      double time = watch.gpu_microseconds([&] { require(launch(done, count)); });
      done += count;
      return time;
    };
    double nanoseconds = check::median([&] { return microseconds(2 * rounds) - microseconds(rounds); }) * 1000 / rounds;
    require_right(exchange, blocks);
    printf("{\"exchange\":\"%s\",\"blocks\":%d,\"groups\":%d,\"payloads\":%d,", exchange, blocks, groups, payloads);
    if (apart > 0) {
      printf("\"flag_bytes\":%d,", apart * static_cast<int>(sizeof(uint32_t)));
    }
    printf("\"ns\":%.1f}\n", nanoseconds);
  }

  void require_right(const char *exchange, int blocks) {
    uint32_t bad = 0;
    require(cudaMemcpyAsync(&bad, wrong, sizeof bad, cudaMemcpyDeviceToHost, stream));
    require(cudaStreamSynchronize(stream));
    if (bad != 0) {
      fprintf(stderr, "exchange_time: %u words were wrong: %s, %d blocks\n", bad, exchange, blocks);
      exit(1);
    }
  }

  size_t slot_words() const { return size_t{2} * limits.multiprocessors * threads; }
  size_t flags_bytes() const { return sizeof(uint32_t) * most_apart * limits.multiprocessors; }

  carousel::GpuLimits limits = {};
  cudaStream_t stream = nullptr, other = nullptr;
  cudaEvent_t before = nullptr, after = nullptr;
  uint32_t *slots = nullptr, *flags = nullptr, *wrong = nullptr;
};

}  // namespace

int main() {
  setvbuf(stdout, nullptr, _IOLBF, 0); /* so that an end by force loses no row */
  Bench bench;
  bench.clusters();
  bench.groups_by_flags();
  bench.whole_grid();
  bench.beside();
  return 0;
}
