/*
 * The element-wise part of a step of the GRU (Cho et al. 2014): reset after the recurrent product, as cuDNN and PyTorch
 * have it, and reset before it, as in the paper, in two halves around that product. Same meaning as
 * io.carousel.device.CellOperations.
 *
 * In all functions:
 *   stream   where the work is enqueued
 *   operand  CAROUSEL_F32, _BF16 or _F16: how gates, saved states and reset_h are stored; arithmetic and the running
 *            state h, which accumulates, are float
 *   n        rows: the sequences that are under way at this step; further rows of h and dh are left alone
 *   units    H
 *   bias     [4*units] float, contiguous, read: b_ir + b_hr, b_iz + b_hz, b_in, b_hn; NULL for none
 * They fail with CAROUSEL_INVALID_ARGUMENT on an unknown type or activation, a negative size, an operand that is
 * missing, or an address that is no multiple of its element's size. Fastest where units is a multiple of 4 and
 * addresses and strides are multiples of 4 elements.
 */
#ifndef CAROUSEL_GRU_H
#define CAROUSEL_GRU_H
#include "carousel/status.h"
#ifdef __cplusplus
extern "C" {
#endif

/* Functions of gates and candidate; the standard ones, sigmoid and tanh without a clip, have their own kernels. */
typedef struct {
  carousel_activation gate;
  carousel_activation activation;
} carousel_gru_variant;

/*
 * Reset after, forward: r, z <- gate(x + u + b); un <- un + b_hn; n <- activation(xn + b_in + r*un); h_prev <- h;
 * h <- (1-z)*n + z*h; output <- h.
 *
 *   x_gates  [n, 3*units] operand, blocks r, z, n. In: x*W_ih'. Out: r, z, n, which backward needs
 *   h_gates  [n, 3*units] operand, blocks r, z, n. In: h*W_hh'. Out: un in its n block, which backward needs; the
 *            other blocks stay
 *   h        [n, units] float, the running state; read and overwritten
 *   h_prev   [n, units] operand, receives the old h, which backward needs; may be not given (inference)
 *   output   [n, units] float, overwritten
 */
carousel_status carousel_gru_forward(carousel_stream stream, carousel_type operand, carousel_gru_variant variant,
                                     int32_t n, int32_t units, carousel_view x_gates, carousel_view h_gates,
                                     const float *bias, carousel_view h, carousel_view h_prev, carousel_view output);

/*
 * Reset after, backward. With dH = dh + d_output:
 *   d_n = dH * (1-z) * activation'(n); d_z = dH * (h_prev - n) * gate'(z); d_r = d_n * un * gate'(r)
 *   x_gates <- d_r, d_z, d_n; h_gates <- d_r, d_z, d_n*r; dh <- dH*z
 *
 *   x_gates   [n, 3*units] operand. In: r, z, n. Out: the gradient of x*W_ih'
 *   h_gates   [n, 3*units] operand. In: un in its n block. Out: the gradient of h*W_hh'
 *   h_prev    [n, units] operand, saved by forward, read
 *   d_output  [n, units] float, gradient of this step's output, read; may be not given
 *   dh        [n, units] float, running gradient; read and overwritten; the caller then adds h_gates * W_hh
 */
carousel_status carousel_gru_backward(carousel_stream stream, carousel_type operand, carousel_gru_variant variant,
                                      int32_t n, int32_t units, carousel_view x_gates, carousel_view h_gates,
                                      carousel_view h_prev, carousel_view d_output, carousel_view dh);

/*
 * Reset before, first half of forward: r, z <- gate(gates + bias); reset_h <- r*h.
 *
 *   gates    [n, 3*units] operand, blocks r, z, n. In: x*W_ih' + h*W_hh' in r and z. Out: r and z; block n stays
 *   h        [n, units] float, the running state, read
 *   reset_h  [n, units] operand, overwritten: the factor of the product with W_hn, saved for its gradient
 */
carousel_status carousel_gru_reset_forward(carousel_stream stream, carousel_type operand, carousel_gru_variant variant,
                                           int32_t n, int32_t units, carousel_view gates, const float *bias,
                                           carousel_view h, carousel_view reset_h);

/*
 * Reset before, second half of forward: n <- activation(gates_n + b_in + b_hn); h_prev <- h; h <- (1-z)*n + z*h;
 * output <- h.
 *
 *   gates    [n, 3*units] operand. In: z from the first half, x*W_in' + reset_h*W_hn' in block n. Out: n; r and z stay
 *   h        [n, units] float, the running state; read and overwritten
 *   h_prev   [n, units] operand, receives the old h, which backward needs; may be not given (inference)
 *   output   [n, units] float, overwritten
 */
carousel_status carousel_gru_candidate_forward(carousel_stream stream, carousel_type operand,
                                               carousel_gru_variant variant, int32_t n, int32_t units,
                                               carousel_view gates, const float *bias, carousel_view h,
                                               carousel_view h_prev, carousel_view output);

/*
 * Reset before, backward of the second half. With dH = dh + d_output: block z <- dH * (h_prev - n) * gate'(z);
 * block n <- dH * (1-z) * activation'(n); dh <- dH*z.
 *
 *   gates     [n, 3*units] operand. In: r, z, n. Out: gradients before activation in z and n; block r stays
 *   h_prev    [n, units] operand, saved by forward, read
 *   d_output  [n, units] float, gradient of this step's output, read; may be not given
 *   dh        [n, units] float, running gradient; read and overwritten
 */
carousel_status carousel_gru_candidate_backward(carousel_stream stream, carousel_type operand,
                                                carousel_gru_variant variant, int32_t n, int32_t units,
                                                carousel_view gates, carousel_view h_prev, carousel_view d_output,
                                                carousel_view dh);

/*
 * Reset before, backward of the first half: dh <- dh + d_reset_h*r; block r <- d_reset_h * h_prev * gate'(r).
 *
 *   gates      [n, 3*units] operand. In: r. Out: its gradient before activation; blocks z and n stay
 *   d_reset_h  [n, units] float, the gradient of reset_h (block n of gates times W_hn), read
 *   h_prev     [n, units] operand, saved by forward, read
 *   dh         [n, units] float, running gradient; added to
 */
carousel_status carousel_gru_reset_backward(carousel_stream stream, carousel_type operand,
                                            carousel_gru_variant variant, int32_t n, int32_t units,
                                            carousel_view gates, carousel_view d_reset_h, carousel_view h_prev,
                                            carousel_view dh);

#ifdef __cplusplus
}
#endif
#endif
