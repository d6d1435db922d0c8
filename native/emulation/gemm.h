/* Matrix products on the host, in place of cuBLAS. */
#ifndef CAROUSEL_EMULATION_GEMM_H
#define CAROUSEL_EMULATION_GEMM_H

#include "carousel/status.h"

namespace emulation {

class Memory;

/*
 * c <- alpha * op(a) * op(b) + beta * c, row-major; a, b of `operand` type, c F32 or of that type. Sums are formed in
 * float, in an order that depends on k only.
 */
struct Gemm {
  bool tf32; /* rounds F32 operands to TF32's 10 bits of fraction */
  bool transposeA, transposeB;
  int32_t m, n, k;
  float alpha, beta;
  carousel_type operand, result;
  carousel_view a, b, c;
};

/* Whether types and sizes go together and all operands lie in device memory. */
carousel_status check(const Gemm &product, const Memory &memory);

void multiply(const Gemm &product);

}  // namespace emulation

#endif
