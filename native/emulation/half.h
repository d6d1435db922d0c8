/* __half: IEEE binary16. */
#ifndef CAROUSEL_EMULATION_HALF_H
#define CAROUSEL_EMULATION_HALF_H

#include <cmath>
#include <cstdint>
#include <cstring>

#include "vectors.h"

struct __half {
  uint16_t bits;
};

struct alignas(4) __half2 {
  __half x, y;
};

inline float __half2float(__half value) {
  uint32_t sign = (uint32_t)(value.bits & 0x8000) << 16;
  uint32_t exponent = value.bits >> 10 & 0x1f;
  uint32_t fraction = value.bits & 0x3ff;
  if (exponent == 0) { /* zero or subnormal: a multiple of 2^-24 */
    float magnitude = (float)fraction * 0x1p-24f;
    return sign ? -magnitude : magnitude;
  }
  uint32_t bits = sign | (exponent == 0x1f ? 0x7f800000u : (exponent + 112) << 23) | fraction << 13;
  float result;
  memcpy(&result, &bits, sizeof result);
  return result;
}

/* To the nearest, ties to even; from 65520 on infinity; any NaN becomes 0x7fff, as on the GPU. */
inline __half __float2half_rn(float value) {
  uint32_t bits;
  memcpy(&bits, &value, sizeof bits);
  uint16_t sign = (uint16_t)(bits >> 16 & 0x8000);
  uint32_t magnitude = bits & 0x7fffffffu;
  if (magnitude > 0x7f800000u) {
    return {0x7fff};
  }
  if (magnitude >= 0x477ff000u) { /* 65520 */
    return {(uint16_t)(sign | 0x7c00)};
  }
  if (magnitude < 0x38800000u) { /* below 2^-14: units of 2^-24, rounded by the addition of 2^23 units */
    uint32_t shifted;
    float sum = std::fabs(value) + 0x1p-1f;
    memcpy(&shifted, &sum, sizeof shifted);
    return {(uint16_t)(sign | (shifted - 0x3f000000u))};
  }
  uint32_t rounded = magnitude + 0xfffu + (magnitude >> 13 & 1);
  return {(uint16_t)(sign | (rounded - 0x38000000u) >> 13)};
}

inline __half __float2half(float value) { return __float2half_rn(value); }
inline __half2 __floats2half2_rn(float x, float y) { return {__float2half_rn(x), __float2half_rn(y)}; }
inline __half2 __float22half2_rn(float2 value) { return __floats2half2_rn(value.x, value.y); }
inline float2 __half22float2(__half2 value) { return {__half2float(value.x), __half2float(value.y)}; }
inline float __low2float(__half2 value) { return __half2float(value.x); }
inline float __high2float(__half2 value) { return __half2float(value.y); }
inline unsigned short __half_as_ushort(__half value) { return value.bits; }
inline __half __ushort_as_half(unsigned short bits) { return {bits}; }

#endif
