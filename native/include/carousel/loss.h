/*
 * Losses over rows. Same meaning as io.carousel.device.LossOperations. Each overwrites the gradient and adds its share
 * to a number on the device, in an order that depends on the shape only.
 *
 * In all functions:
 *   weights  [rows] float, contiguous, read: masks, ignored classes, class weights, normalisation. A row of weight 0
 *            contributes nothing and gets a gradient of 0, whatever it holds, NaN included
 *   loss     one float, added to
 *   scratch  CAROUSEL_SCRATCH_BYTES, 256-byte aligned, overwritten; of this stream alone until the work has ended
 * The gradient may be the very view of the inputs, but must not overlap them in another way; it may be not given, for
 * the loss alone. They fail with CAROUSEL_INVALID_ARGUMENT on a negative size, an operand that is missing, or an
 * address that is no multiple of its element's size.
 */
#ifndef CAROUSEL_LOSS_H
#define CAROUSEL_LOSS_H
#include "carousel/status.h"
#ifdef __cplusplus
extern "C" {
#endif

/*
 * Softmax and cross-entropy: loss += sum_r w_r * (log sum_c exp x_rc - sum_c q_rc x_rc);
 * d_logits <- w_r * (softmax - q), where q_r = (1 - e) * onehot(label) + e / classes and e is label_smoothing.
 *
 *   logits    [rows, classes] float, read
 *   labels    [rows] int32, contiguous, read: 0..classes-1, which the caller has checked; anything where the weight
 *             is 0
 *   label_smoothing  in [0, 1]
 *   d_logits  [rows, classes] float, overwritten; may be logits; may be not given
 */
carousel_status carousel_softmax_cross_entropy(carousel_stream stream, int32_t rows, int32_t classes,
                                               carousel_view logits, const int32_t *labels, const float *weights,
                                               float label_smoothing, carousel_view d_logits, float *loss,
                                               void *scratch);

/*
 * Logistic loss: loss += sum w_r * (positive_weight * y * softplus(-x) + (1-y) * softplus(x));
 * d_logits <- w_r * ((1-y) * sigmoid(x) - positive_weight * y * sigmoid(-x)).
 *
 *   logits    [rows, columns] float x, read
 *   targets   [rows, columns] float y in [0, 1], read
 *   d_logits  [rows, columns] float, overwritten; may be logits; may be not given
 */
carousel_status carousel_logistic_loss(carousel_stream stream, int32_t rows, int32_t columns, carousel_view logits,
                                       carousel_view targets, const float *weights, float positive_weight,
                                       carousel_view d_logits, float *loss, void *scratch);

/*
 * Squared error: loss += sum w_r * (y - target)^2; dy <- 2 w_r * (y - target).
 *
 *   y        [rows, columns] float, read
 *   targets  [rows, columns] float, read
 *   dy       [rows, columns] float, overwritten; may be y; may be not given
 */
carousel_status carousel_squared_error(carousel_stream stream, int32_t rows, int32_t columns, carousel_view y,
                                       carousel_view targets, const float *weights, carousel_view dy, float *loss,
                                       void *scratch);

#ifdef __cplusplus
}
#endif
#endif
