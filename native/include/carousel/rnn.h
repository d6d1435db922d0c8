/* The element-wise part of a step of Elman's cell. Same meaning as io.carousel.device.CellOperations. */
#ifndef CAROUSEL_RNN_H
#define CAROUSEL_RNN_H
#include "carousel/status.h"
#ifdef __cplusplus
extern "C" {
#endif

/*
 * a <- f(gates + bias); h_prev <- h; h <- a; output <- a; gates <- a.
 *   gates   [n, units] operand, overwritten by the activation
 *   bias    [units] float, contiguous, or NULL
 *   h       [n, units] operand, read and overwritten
 *   h_prev  [n, units] operand, overwritten; may be not given
 *   output  [n, units] float, overwritten
 */
carousel_status carousel_rnn_forward(carousel_stream stream, carousel_type operand, carousel_activation f, int32_t n,
                                     int32_t units, carousel_view gates, const float *bias, carousel_view h,
                                     carousel_view h_prev, carousel_view output);

/*
 * gates <- f'(gates) * (dh + d_output).
 *   gates     [n, units] operand, activations in, gradients out
 *   d_output  [n, units] float, read; may be not given
 *   dh        [n, units] float, read
 */
carousel_status carousel_rnn_backward(carousel_stream stream, carousel_type operand, carousel_activation f, int32_t n,
                                      int32_t units, carousel_view gates, carousel_view d_output, carousel_view dh);

#ifdef __cplusplus
}
#endif
#endif
