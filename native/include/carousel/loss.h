/* Losses over rows. Same meaning as io.carousel.device.LossOperations. A row of weight 0 contributes nothing, whatever it holds. */
#ifndef CAROUSEL_LOSS_H
#define CAROUSEL_LOSS_H
#include "carousel/status.h"
#ifdef __cplusplus
extern "C" {
#endif

/*
 * loss += sum_r w_r * (log sum_c exp x_rc - x_r,label); d_logits <- w_r * (softmax - onehot).
 *   logits    [rows, classes] float; d_logits the same, may be logits, may be not given
 *   labels    [rows] int32 in 0..classes-1 (anything where the weight is 0); weights [rows] float
 *   loss      one float, accumulated
 *   scratch   CAROUSEL_SCRATCH_BYTES
 */
carousel_status carousel_softmax_cross_entropy(carousel_stream stream, int32_t rows, int32_t classes,
                                               carousel_view logits, const int32_t *labels, const float *weights,
                                               carousel_view d_logits, float *loss, void *scratch);

/* loss += sum w_r * (positive_weight * y * softplus(-x) + (1-y) * softplus(x)); [rows, columns]. */
carousel_status carousel_logistic_loss(carousel_stream stream, int32_t rows, int32_t columns, carousel_view logits,
                                       carousel_view targets, const float *weights, float positive_weight,
                                       carousel_view d_logits, float *loss, void *scratch);

/* loss += sum w_r * (y - target)^2; dy <- 2 w_r (y - target); [rows, columns]; dy may be y, may be not given. */
carousel_status carousel_squared_error(carousel_stream stream, int32_t rows, int32_t columns, carousel_view y,
                                       carousel_view targets, const float *weights, carousel_view dy, float *loss,
                                       void *scratch);

#ifdef __cplusplus
}
#endif
#endif
