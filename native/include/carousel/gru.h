/* The element-wise part of a step of the GRU. Same meaning as io.carousel.device.CellOperations. */
#ifndef CAROUSEL_GRU_H
#define CAROUSEL_GRU_H
#include "carousel/status.h"
#ifdef __cplusplus
extern "C" {
#endif

/* Functions of gates and candidate; standard: CAROUSEL_SIGMOID, CAROUSEL_TANH. */
typedef struct {
  carousel_activation gate;
  carousel_activation activation;
} carousel_gru_variant;

/*
 * Reset after. r, z <- gate(x + u + b); un <- un + b_hn; n <- activation(xn + b_in + r*un); h_prev <- h;
 * h <- (1-z)*n + z*h; output <- h.
 *   x_gates  [n, 3*units] operand, blocks r, z, n; overwritten by r, z, n
 *   h_gates  [n, 3*units] operand; its n block is overwritten by un
 *   bias     [4*units] float: b_r, b_z (sums), b_in, b_hn; or NULL
 *   h        [n, units] float, read and overwritten
 *   h_prev   [n, units] operand, overwritten; may be not given
 *   output   [n, units] float, overwritten
 */
carousel_status carousel_gru_forward(carousel_stream stream, carousel_type operand, carousel_gru_variant variant,
                                     int32_t n, int32_t units, carousel_view x_gates, carousel_view h_gates,
                                     const float *bias, carousel_view h, carousel_view h_prev, carousel_view output);

/*
 * x_gates, h_gates <- gradients of x*W_ih' and h*W_hh'; dh <- (dh + d_output) * z.
 *   x_gates, h_gates  [n, 3*units] operand, saved by forward; overwritten
 *   h_prev            [n, units] operand, read
 *   d_output          [n, units] float, read; may be not given
 *   dh                [n, units] float, read and overwritten
 */
carousel_status carousel_gru_backward(carousel_stream stream, carousel_type operand, carousel_gru_variant variant,
                                      int32_t n, int32_t units, carousel_view x_gates, carousel_view h_gates,
                                      carousel_view h_prev, carousel_view d_output, carousel_view dh);

/*
 * Reset before, first half: r, z <- gate(gates + bias); reset_h <- r * h.
 *   gates    [n, 3*units] operand; blocks r and z overwritten
 *   bias     [4*units] float as above, or NULL
 *   h        [n, units] float, read
 *   reset_h  [n, units] operand, overwritten
 */
carousel_status carousel_gru_reset_forward(carousel_stream stream, carousel_type operand, carousel_gru_variant variant,
                                           int32_t n, int32_t units, carousel_view gates, const float *bias,
                                           carousel_view h, carousel_view reset_h);

/*
 * Reset before, second half: n <- activation(gates_n + b_in + b_hn); h_prev <- h; h <- (1-z)*n + z*h; output <- h.
 *   gates   [n, 3*units] operand; block n overwritten
 *   h       [n, units] float, read and overwritten
 *   h_prev  [n, units] operand, overwritten; may be not given
 *   output  [n, units] float, overwritten
 */
carousel_status carousel_gru_candidate_forward(carousel_stream stream, carousel_type operand,
                                               carousel_gru_variant variant, int32_t n, int32_t units,
                                               carousel_view gates, const float *bias, carousel_view h,
                                               carousel_view h_prev, carousel_view output);

/*
 * Backward of the second half: blocks z and n <- their gradients before activation; dh <- (dh + d_output) * z.
 *   gates     [n, 3*units] operand
 *   h_prev    [n, units] operand, read
 *   d_output  [n, units] float, read; may be not given
 *   dh        [n, units] float, read and overwritten
 */
carousel_status carousel_gru_candidate_backward(carousel_stream stream, carousel_type operand,
                                                carousel_gru_variant variant, int32_t n, int32_t units,
                                                carousel_view gates, carousel_view h_prev, carousel_view d_output,
                                                carousel_view dh);

/*
 * Backward of the first half: dh <- dh + d_reset_h * r; block r <- d_reset_h * h_prev * gate'(r).
 *   gates      [n, 3*units] operand; block r read and overwritten
 *   d_reset_h  [n, units] float, read
 *   h_prev     [n, units] operand, read
 *   dh         [n, units] float, accumulated
 */
carousel_status carousel_gru_reset_backward(carousel_stream stream, carousel_type operand,
                                            carousel_gru_variant variant, int32_t n, int32_t units,
                                            carousel_view gates, carousel_view d_reset_h, carousel_view h_prev,
                                            carousel_view dh);

#ifdef __cplusplus
}
#endif
#endif
