/* The kernels of one instruction set. */
#pragma once

#include "carousel/cpu.h"
#include "carousel/cpu_product.h"

struct carousel_cpu_kernels {
  int64_t (*size)(const carousel_cpu_run *, int32_t);
  void (*pack)(const carousel_cpu_run *, const float *, int64_t, const float *, int64_t, const float *, const float *, int64_t,
               int64_t);
  void (*start)(const carousel_cpu_run *, int64_t, int64_t);
  void (*forward)(const carousel_cpu_run *, int64_t, int64_t, int64_t, int64_t, int64_t, int64_t);
  void (*trace)(const carousel_cpu_run *, int64_t);
  void (*backward_start)(const carousel_cpu_run *, int64_t, int64_t);
  void (*backward)(const carousel_cpu_run *, int64_t, int64_t, int64_t, int64_t, int64_t, int64_t);
  void (*backward_end)(const carousel_cpu_run *, int64_t, int64_t);
  void (*input_gradient)(const carousel_cpu_run *, int64_t, int64_t);
  void (*weight_gradients)(const carousel_cpu_run *, int64_t, int64_t);
  void (*multiply_transposed)(int64_t m, int64_t n, int64_t k, float alpha, const float *a, int64_t a_stride, const float *b,
                              int64_t b_stride, float beta, float *c, int64_t c_stride);
};

namespace avx2 {
extern const carousel_cpu_kernels KERNELS;
}
namespace avx512 {
extern const carousel_cpu_kernels KERNELS;
}
