/* CUDA's keywords. */
#ifndef CAROUSEL_EMULATION_LANGUAGE_H
#define CAROUSEL_EMULATION_LANGUAGE_H

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>

/* Kernels say "#pragma unroll", which g++ does not know. */
#pragma GCC diagnostic ignored "-Wunknown-pragmas"

#define __global__ static
#define __device__
#define __host__
#define __constant__ static const
#define __forceinline__ inline
#define __grid_constant__
#define __launch_bounds__(...)
#define __align__(bytes) alignas(bytes)

/*
 * Blocks of an ordinary launch run one after another, so one copy serves them all. Where blocks run together it would
 * be shared by all of them: such a launch fails. A declaration is the only place for this keyword.
 */
#define __shared__                          \
  ::emulation::meetStaticShared();          \
  static

#endif
