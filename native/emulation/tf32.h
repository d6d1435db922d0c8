/* TF32: a float of which 10 bits of fraction count. */
#ifndef CAROUSEL_EMULATION_TF32_H
#define CAROUSEL_EMULATION_TF32_H

#include <cstdint>
#include <cstring>

namespace emulation {

/* As cvt.rna.tf32.f32: to the nearest, ties away from zero. */
inline float roundToTf32(float value) {
  uint32_t bits;
  memcpy(&bits, &value, sizeof bits);
  if ((bits & 0x7f800000u) == 0x7f800000u) {
    return value;
  }
  bits = (bits + 0x1000u) & ~0x1fffu;
  memcpy(&value, &bits, sizeof bits);
  return value;
}

}  // namespace emulation

#endif
