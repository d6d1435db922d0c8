/* Matrix products of a warp. */
#ifndef CAROUSEL_EMULATION_MMA_H
#define CAROUSEL_EMULATION_MMA_H

#include <cstdint>
#include <type_traits>

#include "bfloat16.h"
#include "half.h"
#include "intrinsics.h"
#include "tf32.h"
#include "threads.h"

namespace emulation {

/* The registers of one lane. */
struct Fragments {
  float *sum;
  const uint32_t *a, *b;
};

/* sum <- a * b + sum, where `given` of 32 lanes points to their fragments; sums in float, in the order of depth. */
void multiplyFragments(const Thread *lanes, Exchange kind);

}  // namespace emulation

namespace carousel {

template <class T>
void mma(float (&sum)[4], const uint32_t (&a)[4], const uint32_t (&b)[2], int line = __builtin_LINE()) {
  using emulation::Exchange;
  emulation::Fragments own = {sum, a, b};
  emulation::running->given = reinterpret_cast<uint64_t>(&own);
  emulation::meetLanes(emulation::WHOLE_WARP,
                       std::is_same_v<T, __nv_bfloat16> ? Exchange::BF16_MMA
                       : std::is_same_v<T, __half>      ? Exchange::F16_MMA
                                                        : Exchange::TF32_MMA,
                       line);
}

inline uint32_t to_tf32(float value) { return __float_as_uint(emulation::roundToTf32(value)); }

}  // namespace carousel

#endif
