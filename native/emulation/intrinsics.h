/* CUDA's functions that need no other thread. The fast, inexact ones are exact here. */
#ifndef CAROUSEL_EMULATION_INTRINSICS_H
#define CAROUSEL_EMULATION_INTRINSICS_H

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <type_traits>

/* NOLINTBEGIN: names are CUDA's. */
using std::isfinite;
using std::isinf;
using std::isnan;
using std::max;
using std::min;

inline float __uint_as_float(unsigned bits) {
  float value;
  memcpy(&value, &bits, sizeof value);
  return value;
}
inline unsigned __float_as_uint(float value) {
  unsigned bits;
  memcpy(&bits, &value, sizeof bits);
  return bits;
}
inline float __int_as_float(int bits) { return __uint_as_float((unsigned)bits); }
inline int __float_as_int(float value) { return (int)__float_as_uint(value); }

inline unsigned __umulhi(unsigned a, unsigned b) { return (unsigned)((uint64_t)a * b >> 32); }
inline int __popc(unsigned bits) { return __builtin_popcount(bits); }
inline int __ffs(int bits) { return __builtin_ffs(bits); }
inline int __clz(int bits) { return bits == 0 ? 32 : __builtin_clz((unsigned)bits); }

inline float __expf(float x) { return std::exp(x); }
inline float __logf(float x) { return std::log(x); }
inline float __fdividef(float a, float b) { return a / b; }
inline float __frcp_rn(float x) { return 1.0f / x; }
inline float __fdiv_rn(float a, float b) { return a / b; }
inline float __fsqrt_rn(float x) { return std::sqrt(x); }
inline float __fmaf_rn(float a, float b, float c) { return std::fma(a, b, c); }
inline float __fadd_rn(float a, float b) { return a + b; }
inline float __fsub_rn(float a, float b) { return a - b; }
inline float __fmul_rn(float a, float b) { return a * b; }
inline float rsqrtf(float x) { return 1.0f / std::sqrt(x); }
inline float __saturatef(float x) { return x > 0 ? (x < 1 ? x : 1.0f) : 0.0f; }

template <class T>
inline T __ldg(const T *address) {
  return *address;
}
template <class T>
inline T __ldcg(const T *address) {
  return *address;
}
template <class T>
inline void __stcg(T *address, T value) {
  *address = value;
}
template <class T>
inline T __ldcs(const T *address) {
  return *address;
}
template <class T>
inline void __stcs(T *address, T value) {
  *address = value;
}

/*
 * One CUDA thread runs at a time, so plain arithmetic is atomic. Floats are left out: their sums would depend on order.
 */
template <class T>
inline T atomicAdd(T *address, std::common_type_t<T> value) {
  static_assert(std::is_integral_v<T>, "no float atomics: their sums depend on the order of threads");
  T old = *address;
  *address = (T)(old + value);
  return old;
}

inline void __threadfence() {}
inline void __threadfence_block() {}
/* NOLINTEND */

#endif
