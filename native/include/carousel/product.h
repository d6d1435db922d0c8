/* Matrix products whose rows depend on no other row, as io.carousel.device.Products promises them. */
#ifndef CAROUSEL_PRODUCT_H
#define CAROUSEL_PRODUCT_H
#include "carousel/status.h"
#ifdef __cplusplus
extern "C" {
#endif

/* `count` products of matrices op(a) [m, k] and op(b) [k, n]; op transposes where its flag is not 0. */
typedef struct {
  int32_t count;
  int32_t transpose_a, transpose_b;
  int32_t m, n, k;
} carousel_product_shape;

/* The matrices of a batch: the first one as a view, and how many elements each lies behind the one before. */
typedef struct {
  void *data;
  int64_t stride;
  int64_t distance;
} carousel_batch;

/*
 * c_i <- alpha * op(a_i) * op(b_i) + beta * c_i for i < count. Every element is one sum in float in rising order of k,
 * each term added by one fused multiply-add; so the bits of a row of c depend on that row of op(a), of the old c, and
 * on op(b) only, not on m, n, count or the row's place. Float operands keep their precision (no TF32). Written to be
 * right and simple; its speed was not measured on a GPU.
 *
 *   operand_type  of a and b: F32, BF16 or F16
 *   result_type   of c: F32, or the operand's
 *   a             matrices [m, k], or [k, m] when transposed, read
 *   b             matrices [k, n], or [n, k] when transposed, read
 *   c             matrices [m, n], which must not overlap, overwritten; where beta is 0 the old contents do not matter,
 *                 not even NaN
 *
 * CAROUSEL_INVALID_ARGUMENT as in ops.h, and where the types do not go together.
 */
carousel_status carousel_row_invariant_product(carousel_stream stream, carousel_type operand_type,
                                               carousel_type result_type, carousel_product_shape shape, float alpha,
                                               carousel_batch a, carousel_batch b, float beta, carousel_batch c);

#ifdef __cplusplus
}
#endif
#endif
