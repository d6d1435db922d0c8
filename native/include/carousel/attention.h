/* What attention needs beside products. Same meaning as io.carousel.device.AttentionOperations. */
#ifndef CAROUSEL_ATTENTION_H
#define CAROUSEL_ATTENTION_H
#include "carousel/status.h"
#ifdef __cplusplus
extern "C" {
#endif

/*
 * Softmax over the first lengths[r] columns of each row; y is 0 in the others, in all where the length is 0.
 *
 *   x        [rows, columns] float, read; past its length a row may hold anything, NaN too
 *   lengths  [rows] int32, contiguous, read: 0..columns, which the caller has checked
 *   y        [rows, columns] float, overwritten; may be the very view of x
 */
carousel_status carousel_masked_softmax_forward(carousel_stream stream, int32_t rows, int32_t columns,
                                                carousel_view x, const int32_t *lengths, carousel_view y);

/*
 * Its gradient, from the result: dx <- y * (dy - sum_c y_c dy_c) over the first lengths[r] columns, 0 in the others.
 *
 *   y        [rows, columns] float, read; past its length a row may hold anything, as in dy
 *   lengths  as in forward
 *   dy       [rows, columns] float, read
 *   dx       [rows, columns] float, overwritten; may be the very view of dy or of y
 */
carousel_status carousel_masked_softmax_backward(carousel_stream stream, int32_t rows, int32_t columns,
                                                 carousel_view y, const int32_t *lengths, carousel_view dy,
                                                 carousel_view dx);

#ifdef __cplusplus
}
#endif
#endif
