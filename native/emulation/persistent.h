/* What persistent kernels use besides, as native/kernels/persistent_hw.cuh says. */
#ifndef CAROUSEL_EMULATION_PERSISTENT_H
#define CAROUSEL_EMULATION_PERSISTENT_H

#include "carousel/status.h"
#include "launch.h"
#include "threads.h"

namespace carousel {

inline void publish(uint32_t *flag, uint32_t value) { emulation::publish(flag, value); }
inline uint32_t observe(const uint32_t *flag) { return emulation::observe(flag); }
inline void spin(int line = __builtin_LINE()) { emulation::spin(line); }

template <class T>
T load_fresh(const T *from) {
  return *from;
}

}  // namespace carousel

#endif
