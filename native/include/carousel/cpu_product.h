/*
 * The CPU's row-invariant product, in float32. C ABI, no JNI. Nothing here starts threads; any number of them may call at once
 * for disjoint parts of c.
 */
#ifndef CAROUSEL_CPU_PRODUCT_H
#define CAROUSEL_CPU_PRODUCT_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * c <- alpha * a * b^T + beta * c on row-major matrices; where beta is 0, the old c is not looked at. m, n, k are positive,
 * strides in floats. Every element is a sum in one order, which depends on k alone: up to 16 terms one after the other, more
 * of them in V partial sums over k = j, j + V, ... for j < V, which are then added up. So the bits of a row of c depend on neither m nor where it stands, those of an element on neither n nor its column.
 *   vector  V: 8 or 16, at most carousel_cpu_vector_length()
 *   a       [m, k]; read
 *   b       [n, k]; read
 *   c       [m, n]; overwritten; must overlap neither a nor b
 */
void carousel_cpu_multiply_transposed(int64_t vector, int64_t m, int64_t n, int64_t k, float alpha, const float *a,
                                      int64_t a_stride, const float *b, int64_t b_stride, float beta, float *c,
                                      int64_t c_stride);

#ifdef __cplusplus
}
#endif
#endif
