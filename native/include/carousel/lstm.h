/* The element-wise part of a step of the LSTM. Same meaning as io.carousel.device.CellOperations. */
#ifndef CAROUSEL_LSTM_H
#define CAROUSEL_LSTM_H
#include "carousel/status.h"
#ifdef __cplusplus
extern "C" {
#endif

/* How a cell departs from the standard one; see io.carousel.device.LstmVariant. */
typedef struct {
  carousel_activation gate;       /* of i, f, o; standard: CAROUSEL_SIGMOID */
  carousel_activation activation; /* of g and of the cell on its way out; standard: CAROUSEL_TANH */
  int32_t coupled;                /* not 0: i = 1 - f */
  float clip;                     /* bound of |c|; 0 for none */
  const float *peephole;          /* [3, units] p_i, p_f, p_o contiguous; NULL for none */
} carousel_lstm_variant;

/*
 * i, f, o <- gate, g <- activation of gates + bias (+ peephole * cell); c_prev <- c; c <- clip(f*c + i*g);
 * output <- o * activation(c); h_prev <- h; h <- output.
 *   gates   [n, 4*units] operand, blocks i, f, g, o; overwritten by the activations
 *   bias    [4*units] float, contiguous, or NULL
 *   c       [n, units] float, read and overwritten
 *   c_prev  [n, units] float, overwritten; may be not given
 *   h       [n, units] operand, read and overwritten; may be not given
 *   h_prev  [n, units] operand, overwritten; may be not given
 *   output  [n, units] float, overwritten
 */
carousel_status carousel_lstm_forward(carousel_stream stream, carousel_type operand, carousel_lstm_variant variant,
                                      int32_t n, int32_t units, carousel_view gates, const float *bias,
                                      carousel_view c, carousel_view c_prev, carousel_view h, carousel_view h_prev,
                                      carousel_view output);

/*
 * Gradients before activation from the activations that forward saved; dc <- gradient of the old cell state.
 *   gates     [n, 4*units] operand, overwritten
 *   c_prev    [n, units] float, read
 *   d_output  [n, units] float, read; may be not given
 *   dh        [n, units] float, read; may be not given
 *   dc        [n, units] float, read and overwritten
 *   cell      [n, units] float, receives c; may be not given
 */
carousel_status carousel_lstm_backward(carousel_stream stream, carousel_type operand, carousel_lstm_variant variant,
                                       int32_t n, int32_t units, carousel_view gates, carousel_view c_prev,
                                       carousel_view d_output, carousel_view dh, carousel_view dc, carousel_view cell);

#ifdef __cplusplus
}
#endif
#endif
