/* Norms, clipping, optimizers. Formulas: io.carousel.device.UpdateRule (PyTorch's definitions). */
#ifndef CAROUSEL_OPTIMIZER_H
#define CAROUSEL_OPTIMIZER_H
#include "carousel/status.h"
#ifdef __cplusplus
extern "C" {
#endif

/*
 * *sum += sum of x^2; the order of summation depends on the shape only.
 *
 *   x        [rows, columns] float, read
 *   sum      one float, added to
 *   scratch  CAROUSEL_SCRATCH_BYTES, 256-byte aligned, overwritten; of this stream alone until the work has ended
 */
carousel_status carousel_squared_norm(carousel_stream stream, int32_t rows, int32_t columns, carousel_view x,
                                      float *sum, void *scratch);

/*
 * *coefficient <- min(1, max_norm / (sqrt(*squared_norm) + 1e-6)); NaN stays NaN (Pascanu et al. 2013).
 *
 *   squared_norm  one float, read
 *   max_norm      at least 0
 *   coefficient   one float, overwritten
 */
carousel_status carousel_clip_coefficient(carousel_stream stream, const float *squared_norm, float max_norm,
                                          float *coefficient);

/* One parameter: `count` contiguous floats each, at any address that is a multiple of 4 bytes; no overlaps. */
typedef struct {
  float *value;          /* read and overwritten */
  const float *gradient; /* read */
  float *first;          /* first state, read and overwritten; not looked at where the rule has none */
  float *second;         /* second state, read and overwritten; not looked at where the rule has none */
  int64_t count;
} carousel_target;

/*
 * In all optimizers:
 *   targets         read by the host during the call; the memory that they name by the work. One launch takes 64
 *   gradient_scale  one float on the device, read: factor of all gradients; NULL for 1
 * They fail with CAROUSEL_INVALID_ARGUMENT, and enqueue nothing, when a target lacks a state that its rule has. A decay
 * of averages is double because 1 - beta would lose its digits in float.
 */

/*
 * g <- gradient_scale * gradient + weight_decay * value; with momentum buf <- momentum * buf + g (buf <- g in the first
 * step, whatever it holds), g <- g + momentum * buf with Nesterov, else buf; value <- value - learning_rate * g.
 * States: first = buf where momentum > 0.
 */
carousel_status carousel_sgd(carousel_stream stream, int32_t targets_count, const carousel_target *targets,
                             const float *gradient_scale, float learning_rate, float momentum, int32_t nesterov,
                             float weight_decay, int32_t first_step);

/*
 * g <- gradient_scale * gradient + coupled_decay * value; m <- beta1 * m + (1 - beta1) * g;
 * v <- beta2 * v + (1 - beta2) * g^2; value <- shrink * value - step_size * m / (sqrt(v) / root_correction + epsilon).
 * For step t: step_size = lr / (1 - beta1^t), root_correction = sqrt(1 - beta2^t); decoupled (AdamW): shrink =
 * 1 - lr * decay and coupled_decay = 0; else shrink = 1 and coupled_decay = decay. States: first = m, second = v.
 */
carousel_status carousel_adam(carousel_stream stream, int32_t targets_count, const carousel_target *targets,
                              const float *gradient_scale, float step_size, double beta1, double beta2, float epsilon,
                              float root_correction, float coupled_decay, float shrink);

/*
 * g <- gradient_scale * gradient + weight_decay * value; v <- alpha * v + (1 - alpha) * g^2; u = g / (sqrt(v) +
 * epsilon); with momentum buf <- momentum * buf + u, u <- buf; value <- value - learning_rate * u.
 * States: first = v, second = buf where momentum > 0.
 */
carousel_status carousel_rms_prop(carousel_stream stream, int32_t targets_count, const carousel_target *targets,
                                  const float *gradient_scale, float learning_rate, double alpha, float epsilon,
                                  float momentum, float weight_decay);

/*
 * g <- gradient_scale * gradient + weight_decay * value; s <- s + g^2;
 * value <- value - learning_rate * g / (sqrt(s) + epsilon). States: first = s.
 */
carousel_status carousel_adagrad(carousel_stream stream, int32_t targets_count, const carousel_target *targets,
                                 const float *gradient_scale, float learning_rate, float epsilon, float weight_decay);

#ifdef __cplusplus
}
#endif
#endif
