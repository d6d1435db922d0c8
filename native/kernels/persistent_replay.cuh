// Steps again of which only the states before them were kept: the bodies of the persistent kernels, with products that
// are given.
#pragma once

#include <algorithm>

#include "persistent_pass.cuh"

namespace carousel {

// A thread runs all steps of a unit of a sequence; see persistent_forward for bodies. products: [rows, gates * units].
template <class Body>
__global__ void __launch_bounds__(persistent_threads)
    replay_steps(carousel_packing packing, int units, Body body, View<float> products) {
  int64_t count = static_cast<int64_t>(packing.batch) * units;
  int64_t width = static_cast<int64_t>(gridDim.x) * persistent_threads;
  for (int64_t e = static_cast<int64_t>(blockIdx.x) * persistent_threads + threadIdx.x; e < count; e += width) {
    int64_t row = e / units;
    int64_t unit = e % units;
    float own[2];
    body.load(row, unit, own);
    const typename Body::Steady steady = body.steady(unit);
    for (int place = 0; place < packing.steps; place++) {
      int step = packing.reverse != 0 ? packing.steps - 1 - place : place;
      int64_t first = packing.offsets[step];
      if (row < packing.offsets[step + 1] - first) {
        float sums[Body::all_sums] = {};
        CAROUSEL_UNROLL
        for (int gate = 0; gate < Body::gates; gate++) {
          sums[gate] = *products.at(first + row, gate * units + unit);
        }
        body.store(first + row, unit, body.step(steady, body.ahead(first + row, unit), sums, own));
      }
    }
    body.save(row, unit, own);
  }
}

template <class Body>
carousel_status replay(carousel_stream stream, const carousel_packing &packing, int units, const PackedArguments &given,
                       const Body &body, View<float> products) {
  if (given.status() != CAROUSEL_OK || packing.steps < 0 || packing.batch < 0 ||
      (packing.steps > 0 && packing.offsets == nullptr)) {
    return CAROUSEL_INVALID_ARGUMENT;
  }
  int64_t count = static_cast<int64_t>(packing.batch) * units;
  if (count == 0) {
    return CAROUSEL_OK;
  }
  int blocks = static_cast<int>(std::min<int64_t>((count + persistent_threads - 1) / persistent_threads, 65535));
  return CAROUSEL_LAUNCH(replay_steps<Body>, blocks, persistent_threads, 0, stream, packing, units, body, products);
}

}  // namespace carousel
