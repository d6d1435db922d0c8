/* Element-wise functions, sums over rows, row selection, dropout. Same meaning as io.carousel.device.ElementwiseOperations. */
#ifndef CAROUSEL_OPS_H
#define CAROUSEL_OPS_H
#include "carousel/status.h"
#ifdef __cplusplus
extern "C" {
#endif

/* to <- from, [rows, columns]; types F32, BF16, F16 in any pair (rounded to nearest even), or I32 both. */
carousel_status carousel_copy(carousel_stream stream, carousel_type from_type, carousel_type to_type, int32_t rows,
                              int32_t columns, carousel_view from, carousel_view to);

/* to <- value, [rows, columns]; any type (I32: rounded towards zero). */
carousel_status carousel_fill(carousel_stream stream, carousel_type type, int32_t rows, int32_t columns,
                              double value, carousel_view to);

/* x <- x + bias; x [rows, columns] float, bias [columns] float. */
carousel_status carousel_add_bias(carousel_stream stream, int32_t rows, int32_t columns, carousel_view x,
                                  const float *bias);

/*
 * sum <- beta * sum + column sums of x; x [rows, columns] of `type` (F32, BF16, F16), sum [columns] float; beta 0 or
 * 1. With beta 0 the old sum does not matter, and no rows give zeros. Order of summation depends on the shape only.
 */
carousel_status carousel_sum_rows(carousel_stream stream, carousel_type type, int32_t rows, int32_t columns,
                                  carousel_view x, float beta, float *sum, void *scratch);

/* y <- y + alpha * x; float. */
carousel_status carousel_axpy(carousel_stream stream, int32_t rows, int32_t columns, float alpha, carousel_view x,
                              carousel_view y);

/* x <- alpha * x; float. */
carousel_status carousel_scale(carousel_stream stream, int32_t rows, int32_t columns, float alpha, carousel_view x);

/* x <- min(max(x, -limit), limit); NaN stays NaN; float. */
carousel_status carousel_clamp(carousel_stream stream, int32_t rows, int32_t columns, float limit, carousel_view x);

/* out <- a * b element by element; out may be a or b; float. */
carousel_status carousel_multiply(carousel_stream stream, int32_t rows, int32_t columns, carousel_view a,
                                  carousel_view b, carousel_view out);

/* y <- f(x); y may be x; float. */
carousel_status carousel_activation_forward(carousel_stream stream, carousel_activation f, int32_t rows,
                                            int32_t columns, carousel_view x, carousel_view y);

/* dx <- dy * f'(y); dx may be dy; float. */
carousel_status carousel_activation_backward(carousel_stream stream, carousel_activation f, int32_t rows,
                                             int32_t columns, carousel_view y, carousel_view dy, carousel_view dx);

/*
 * y <- x * mask * factor. Element (r, unit) uses lane unit mod 4 of the Philox4x32-10 block with that key and counter
 * (unit div 4, t, row, *draw), where (row, t) = (row_ids[r], row_ids[r + row_ids_stride]), or (r, 0) without row_ids;
 * it is kept when (word >> 8) >= threshold. threshold = ceil(rate * 2^24), factor = 1 / (1 - rate). y may be x.
 *   draw     one int32 on the device
 *   row_ids  [2, rows] int32; may be not given
 */
carousel_status carousel_dropout(carousel_stream stream, uint32_t threshold, float factor, uint64_t key,
                                 const int32_t *draw, carousel_view row_ids, int32_t rows, int32_t columns,
                                 carousel_view x, carousel_view y);

/* out[r] <- table[ids[r]], zeros where ids[r] < 0; types as in carousel_copy; ids [rows] int32. */
carousel_status carousel_gather_rows(carousel_stream stream, carousel_type table_type, carousel_type out_type,
                                     int32_t rows, int32_t columns, carousel_view table, const int32_t *ids,
                                     carousel_view out);

/*
 * table[ids[r]] += rows[r] for r = 0, 1, ... (in this order wherever ids repeat, so that bits are fixed); negative ids
 * are passed over. Float; ids [count] int32.
 */
carousel_status carousel_scatter_add_rows(carousel_stream stream, int32_t count, int32_t columns, carousel_view rows,
                                          const int32_t *ids, carousel_view table);

#ifdef __cplusplus
}
#endif
#endif
