/*
 * Element-wise functions, sums over rows, row selection, dropout. Same meaning as
 * io.carousel.device.ElementwiseOperations.
 *
 * All functions fail with CAROUSEL_INVALID_ARGUMENT on an unknown type or activation, a negative size, an operand that
 * is missing, or an address that is no multiple of its element's size. Where a result "may be" an operand it is the
 * very same view; other overlaps are not allowed.
 */
#ifndef CAROUSEL_OPS_H
#define CAROUSEL_OPS_H
#include "carousel/status.h"
#ifdef __cplusplus
extern "C" {
#endif

/*
 * to <- from, element by element; rounded to the nearest, ties to even, where the types differ.
 *
 *   from_type, to_type  F32, BF16, F16 in any pair, or I32 both
 *   from                [rows, columns], read
 *   to                  [rows, columns], overwritten
 */
carousel_status carousel_copy(carousel_stream stream, carousel_type from_type, carousel_type to_type, int32_t rows,
                              int32_t columns, carousel_view from, carousel_view to);

/*
 * to <- value.
 *
 *   type   of `to`: any
 *   value  rounded to float first; for I32 rounded towards zero, and refused when it does not fit
 *   to     [rows, columns], overwritten
 */
carousel_status carousel_fill(carousel_stream stream, carousel_type type, int32_t rows, int32_t columns,
                              double value, carousel_view to);

/* x <- x + bias; x [rows, columns] float, added to; bias [columns] float, contiguous, read. */
carousel_status carousel_add_bias(carousel_stream stream, int32_t rows, int32_t columns, carousel_view x,
                                  const float *bias);

/*
 * sum <- beta * sum + column sums of x. Sums are float; their order depends on the shape only.
 *
 *   type     of x: F32, BF16 or F16
 *   x        [rows, columns], read
 *   beta     0 or 1; with 0 the old sum does not matter, not even NaN, and no rows give zeros
 *   sum      [columns] float, contiguous, overwritten or added to
 *   scratch  CAROUSEL_SCRATCH_BYTES, 256-byte aligned, overwritten; of this stream alone until the work has ended
 */
carousel_status carousel_sum_rows(carousel_stream stream, carousel_type type, int32_t rows, int32_t columns,
                                  carousel_view x, float beta, float *sum, void *scratch);

/* y <- y + alpha * x; x [rows, columns] float, read; y [rows, columns] float, added to. */
carousel_status carousel_axpy(carousel_stream stream, int32_t rows, int32_t columns, float alpha, carousel_view x,
                              carousel_view y);

/* x <- alpha * x; x [rows, columns] float, overwritten. */
carousel_status carousel_scale(carousel_stream stream, int32_t rows, int32_t columns, float alpha, carousel_view x);

/* x <- min(max(x, -limit), limit), limit at least 0; NaN stays NaN; x [rows, columns] float, overwritten. */
carousel_status carousel_clamp(carousel_stream stream, int32_t rows, int32_t columns, float limit, carousel_view x);

/* out <- a * b, element by element; a, b [rows, columns] float, read; out the same, overwritten; may be a or b. */
carousel_status carousel_multiply(carousel_stream stream, int32_t rows, int32_t columns, carousel_view a,
                                  carousel_view b, carousel_view out);

/*
 * y <- f(x); x [rows, columns] float, read; y the same, overwritten; may be x. Sigmoids keep their relative error for
 * very negative x.
 */
carousel_status carousel_activation_forward(carousel_stream stream, carousel_activation f, int32_t rows,
                                            int32_t columns, carousel_view x, carousel_view y);

/* dx <- dy * f'(y), with y = f(x); y, dy [rows, columns] float, read; dx the same, overwritten; may be dy. */
carousel_status carousel_activation_backward(carousel_stream stream, carousel_activation f, int32_t rows,
                                             int32_t columns, carousel_view y, carousel_view dy, carousel_view dx);

/*
 * Dropout (Srivastava et al. 2014): y <- x * mask * factor. Element (r, unit) uses lane unit mod 4 of the Philox4x32-10
 * block (Salmon et al. 2011) with that key and counter (unit div 4, t, row, *draw), where (row, t) = (row_ids[r],
 * row_ids[r + row_ids_stride]), or (r, 0) without row_ids; it is kept when (word >> 8) >= threshold. Applied to dy with
 * the same arguments it is its own backward pass. The draw is read when the work runs, so that a recorded graph drops
 * other elements whenever the number has changed.
 *
 *   threshold  ceil(rate * 2^24)
 *   factor     1 / (1 - rate)
 *   key        from io.carousel.device.Philox.key, low word first
 *   draw       one int32 on the device, read
 *   row_ids    [2, rows] int32, read: the caller's row and the time step of each row; may be not given
 *   x          [rows, columns] float, read
 *   y          [rows, columns] float, overwritten; may be x
 */
carousel_status carousel_dropout(carousel_stream stream, uint32_t threshold, float factor, uint64_t key,
                                 const int32_t *draw, carousel_view row_ids, int32_t rows, int32_t columns,
                                 carousel_view x, carousel_view y);

/*
 * out[r] <- table[ids[r]], zeros where ids[r] < 0. Sorts, packs, pads and embeds.
 *
 *   table_type, out_type  as in carousel_copy
 *   table                 [?, columns], read; the caller has checked that it has all rows that ids name
 *   ids                   [rows] int32, contiguous, read
 *   out                   [rows, columns], overwritten
 */
carousel_status carousel_gather_rows(carousel_stream stream, carousel_type table_type, carousel_type out_type,
                                     int32_t rows, int32_t columns, carousel_view table, const int32_t *ids,
                                     carousel_view out);

/*
 * table[ids[r]] += rows[r] for r = 0, 1, ... in this order wherever ids repeat, so that bits are fixed; negative ids
 * are passed over.
 *
 *   rows   [count, columns] float, read
 *   ids    [count] int32, contiguous, read
 *   table  [?, columns] float, added to; the caller has checked that it has all rows that ids name
 */
carousel_status carousel_scatter_add_rows(carousel_stream stream, int32_t count, int32_t columns, carousel_view rows,
                                          const int32_t *ids, carousel_view table);

#ifdef __cplusplus
}
#endif
#endif
