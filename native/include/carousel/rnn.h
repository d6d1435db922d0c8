/* The element-wise part of a step of Elman's cell. Same meaning as io.carousel.device.CellOperations. */
#ifndef CAROUSEL_RNN_H
#define CAROUSEL_RNN_H
#include "carousel/status.h"
#ifdef __cplusplus
extern "C" {
#endif

/*
 * Forward: a <- f(gates + bias); h_prev <- h; h <- a; output <- a; gates <- a. Source: Elman, "Finding structure in
 * time" (1990); PyTorch's RNN.
 *
 *   stream   where the work is enqueued
 *   operand  CAROUSEL_F32, _BF16 or _F16: how gates, h and h_prev are stored; arithmetic is float in any case
 *   f        any activation
 *   n        rows: the sequences that are under way at this step; further rows of h are left alone
 *   units    H
 *   gates    [n, units] operand. In: x*W_ih' + h*W_hh'. Out: the activation a, which backward needs
 *   bias     [units] float, contiguous, read; NULL for none
 *   h        [n, units] operand, the running state; read and overwritten
 *   h_prev   [n, units] operand, receives the old h, which the gradient of W_hh needs; may be not given (inference)
 *   output   [n, units] float, overwritten
 *
 * Fails with CAROUSEL_INVALID_ARGUMENT on an unknown type or activation, a negative size, an operand that is missing,
 * or an address that is no multiple of its element's size. Fastest where units is a multiple of 4 and addresses and
 * strides are multiples of 4 elements.
 */
carousel_status carousel_rnn_forward(carousel_stream stream, carousel_type operand, carousel_activation f, int32_t n,
                                     int32_t units, carousel_view gates, const float *bias, carousel_view h,
                                     carousel_view h_prev, carousel_view output);

/*
 * Backward: gates <- f'(gates) * (dh + d_output).
 *
 *   operand   how gates are stored
 *   f         as in forward
 *   gates     [n, units] operand. In: activations that forward saved. Out: gradients before activation, from which the
 *             gradients of x, h and the weights follow as products
 *   d_output  [n, units] float, gradient of this step's output, read; may be not given
 *   dh        [n, units] float, running gradient, read; the caller then overwrites it by gates * W_hh
 */
carousel_status carousel_rnn_backward(carousel_stream stream, carousel_type operand, carousel_activation f, int32_t n,
                                      int32_t units, carousel_view gates, carousel_view d_output, carousel_view dh);

#ifdef __cplusplus
}
#endif
#endif
