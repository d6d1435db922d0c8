/* Norms, clipping, optimizers. Formulas: io.carousel.device.UpdateRule (PyTorch's definitions). */
#ifndef CAROUSEL_OPTIMIZER_H
#define CAROUSEL_OPTIMIZER_H
#include "carousel/status.h"
#ifdef __cplusplus
extern "C" {
#endif

/* *sum += sum of x^2, x [rows, columns] float; order of summation depends on the shape only. */
carousel_status carousel_squared_norm(carousel_stream stream, int32_t rows, int32_t columns, carousel_view x,
                                      float *sum, void *scratch);

/* *coefficient <- min(1, max_norm / (sqrt(*squared_norm) + 1e-6)); NaN stays NaN. */
carousel_status carousel_clip_coefficient(carousel_stream stream, const float *squared_norm, float max_norm,
                                          float *coefficient);

/* One parameter: `count` contiguous floats each. `targets` arrays are read by the host during the call. */
typedef struct {
  float *value;
  const float *gradient;
  float *first;  /* first state, NULL where the rule has none */
  float *second; /* second state, NULL where the rule has none */
  int64_t count;
} carousel_target;

/* Factor of all gradients: one float on the device, NULL for 1. All targets go into one launch (per 64 targets). */
carousel_status carousel_sgd(carousel_stream stream, int32_t targets_count, const carousel_target *targets,
                             const float *gradient_scale, float learning_rate, float momentum, int32_t nesterov,
                             float weight_decay, int32_t first_step);

/* step_size = lr / (1 - beta1^t), root_correction = sqrt(1 - beta2^t), shrink = 1 - lr * decay when decoupled, else 1;
 * coupled_decay = decay when not decoupled, else 0: theta <- shrink * theta - step_size * m / (sqrt(v) / root_correction + epsilon). */
carousel_status carousel_adam(carousel_stream stream, int32_t targets_count, const carousel_target *targets,
                              const float *gradient_scale, float step_size, double beta1, double beta2, float epsilon,
                              float root_correction, float coupled_decay, float shrink);

carousel_status carousel_rms_prop(carousel_stream stream, int32_t targets_count, const carousel_target *targets,
                                  const float *gradient_scale, float learning_rate, double alpha, float epsilon,
                                  float momentum, float weight_decay);

carousel_status carousel_adagrad(carousel_stream stream, int32_t targets_count, const carousel_target *targets,
                                 const float *gradient_scale, float learning_rate, float epsilon, float weight_decay);

#ifdef __cplusplus
}
#endif
#endif
