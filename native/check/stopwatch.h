/* Measuring on a GPU; failures end the program. */
#ifndef CAROUSEL_CHECK_STOPWATCH_H
#define CAROUSEL_CHECK_STOPWATCH_H

#include <cuda_runtime_api.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <vector>

#include "carousel/status.h"

namespace check {

constexpr int REPEATS = 21;

inline void require(int status) {
  if (status != 0) {
    fprintf(stderr, "%s: status %d: %s\n", program_invocation_short_name, status, carousel_status_text(status));
    exit(1);
  }
}

inline double median(const std::function<double()> &measure) {
  std::vector<double> times;
  measure(); /* warm-up */
  for (int k = 0; k < REPEATS; k++) {
    times.push_back(measure());
  }
  std::nth_element(times.begin(), times.begin() + REPEATS / 2, times.end());
  return times[REPEATS / 2];
}

class Stopwatch {
 public:
  explicit Stopwatch(cudaStream_t stream) : stream(stream) {
    require(cudaEventCreate(&start));
    require(cudaEventCreate(&end));
  }
  ~Stopwatch() {
    require(cudaEventDestroy(start));
    require(cudaEventDestroy(end));
  }
  Stopwatch(const Stopwatch &) = delete;
  Stopwatch &operator=(const Stopwatch &) = delete;

  double gpu_microseconds(const std::function<void()> &work) {
    require(cudaEventRecord(start, stream));
    work();
    require(cudaEventRecord(end, stream));
    require(cudaEventSynchronize(end));
    float milliseconds = 0;
    require(cudaEventElapsedTime(&milliseconds, start, end));
    return milliseconds * 1000.0;
  }

 private:
  cudaStream_t stream;
  cudaEvent_t start = nullptr, end = nullptr;
};

}  // namespace check

#endif
