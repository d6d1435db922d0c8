/* The element-wise part of a step of the LSTM. Same meaning as io.carousel.device.CellOperations. */
#ifndef CAROUSEL_LSTM_H
#define CAROUSEL_LSTM_H
#include "carousel/status.h"
#ifdef __cplusplus
extern "C" {
#endif

/*
 * How a cell departs from the standard one; see io.carousel.device.LstmVariant. The struct is read during the call,
 * the peephole weights by the work that it enqueues.
 */
typedef struct {
  carousel_activation gate;        /* of i, f, o; standard: CAROUSEL_SIGMOID */
  carousel_activation activation;  /* of g; standard: CAROUSEL_TANH */
  carousel_activation cell_output; /* of the cell on its way out; standard: CAROUSEL_TANH */
  int32_t coupled;                 /* not 0: i = 1 - f (Greff et al. 2017) */
  float clip;                      /* bound of |c|; 0 for none; a negative one is refused */
  const float *peephole;           /* [3, units] p_i, p_f, p_o contiguous (Gers and Schmidhuber 2000); NULL for none */
} carousel_lstm_variant;

/*
 * Forward: with z = gates + bias,
 *   i <- gate(z_i + p_i*c), f <- gate(z_f + p_f*c), g <- activation(z_g); i <- 1 - f where coupled
 *   c_prev <- c; c <- f*c + i*g, bounded by clip
 *   o <- gate(z_o + p_o*c); h_prev <- h; h <- o * cell_output(c); output <- the same
 * Source: Hochreiter and Schmidhuber (1997), Gers et al. (2000); PyTorch's LSTM.
 *
 *   stream   where the work is enqueued
 *   operand  CAROUSEL_F32, _BF16 or _F16: how gates, h and h_prev are stored; arithmetic and cell state are float
 *   variant  the standard one has a kernel without any choice left in it
 *   n        rows: the sequences that are under way at this step; further rows of c and h are left alone
 *   units    H
 *   gates    [n, 4*units] operand, blocks i, f, g, o. In: x*W_ih' + h*W_hh'. Out: the activations i, f, g, o, which
 *            backward needs
 *   bias     [4*units] float, contiguous, read; NULL for none
 *   c        [n, units] float, the running cell state; read and overwritten
 *   c_prev   [n, units] float, receives the old c, which backward needs; may be not given (inference)
 *   h        [n, units] operand, the running state; overwritten, and read where h_prev is given; may be not given
 *            (where a projection follows)
 *   h_prev   [n, units] operand, receives the old h, which the gradient of W_hh needs; may be not given; needs h
 *   output   [n, units] float, overwritten
 *
 * Fails with CAROUSEL_INVALID_ARGUMENT on an unknown type or activation, a negative size, an operand that is missing,
 * or an address that is no multiple of its element's size. Fastest where units is a multiple of 4 and addresses and
 * strides are multiples of 4 elements.
 */
carousel_status carousel_lstm_forward(carousel_stream stream, carousel_type operand, carousel_lstm_variant variant,
                                      int32_t n, int32_t units, carousel_view gates, const float *bias,
                                      carousel_view c, carousel_view c_prev, carousel_view h, carousel_view h_prev,
                                      carousel_view output);

/*
 * Backward: gradients before activation, from the activations that forward saved. With c <- f*c_prev + i*g bounded,
 * dH = dh + d_output, d_o = dH * cell_output(c) * gate'(o):
 *   d_cell = dc + dH * o * cell_output'(c) + d_o*p_o, 0 where c was bounded
 *   d_i = d_cell * g * gate'(i); d_f = d_cell * c_prev * gate'(f); d_g = d_cell * i * activation'(g)
 *   where coupled: d_i = 0; d_f = d_cell * (c_prev - g) * gate'(f)
 *   gates <- d_i, d_f, d_g, d_o; dc <- d_cell*f + d_i*p_i + d_f*p_f
 *
 *   operand   how gates are stored
 *   variant   as in forward
 *   gates     [n, 4*units] operand, blocks i, f, g, o. In: activations. Out: gradients before activation, from which
 *             the gradients of x, h and the weights follow as products
 *   c_prev    [n, units] float, saved by forward, read
 *   d_output  [n, units] float, gradient of this step's output, read; may be not given
 *   dh        [n, units] float, running gradient, read; may be not given (then its part is in d_output); the caller
 *             then overwrites it by gates * W_hh
 *   dc        [n, units] float, running gradient of the cell state. In: of the new cell state. Out: of the old one
 *   cell      [n, units] float, receives c, from which the gradient of p_o follows; may be not given
 */
carousel_status carousel_lstm_backward(carousel_stream stream, carousel_type operand, carousel_lstm_variant variant,
                                       int32_t n, int32_t units, carousel_view gates, carousel_view c_prev,
                                       carousel_view d_output, carousel_view dh, carousel_view dc, carousel_view cell);

#ifdef __cplusplus
}
#endif
#endif
