// io.carousel.device.cuda.OptimizerKernels
#include "carousel/optimizer.h"

#include <algorithm>

#include "io_carousel_device_cuda_OptimizerKernels.h"
#include "marshal.hpp"

// Calls step(count, targets) for every 64 targets, which is what one launch takes. Java gives five numbers for each.
template <class Step>
static jint for_each_launch(JNIEnv *env, jlongArray numbers, jint count, Step step) {
  constexpr jint limit = 64;
  constexpr jint length = 5;
  jlong raw[limit * length];
  carousel_target targets[limit];
  for (jint first = 0; first < count; first += limit) {
    const jint n = std::min(limit, count - first);
    env->GetLongArrayRegion(numbers, first * length, n * length, raw);
    if (env->ExceptionCheck()) return CAROUSEL_INVALID_ARGUMENT; // Java throws what is pending
    for (jint i = 0; i < n; i++) {
      const jlong *t = raw + i * length;
      targets[i] = {pointer<float>(t[0]), pointer<const float>(t[1]), pointer<float>(t[2]), pointer<float>(t[3]), t[4]};
    }
    const carousel_status status = step(n, targets);
    if (status != CAROUSEL_OK) return status;
  }
  return CAROUSEL_OK;
}

jint Java_io_carousel_device_cuda_OptimizerKernels_squaredNorm(JNIEnv *, jclass, jlong stream, jint rows, jint columns,
                                                               jlong x, jlong x_stride, jlong sum, jlong scratch) {
  return carousel_squared_norm(stream_of(stream), rows, columns, view(x, x_stride), pointer<float>(sum),
                               pointer<void>(scratch));
}

jint Java_io_carousel_device_cuda_OptimizerKernels_clipCoefficient(JNIEnv *, jclass, jlong stream, jlong squared_norm,
                                                                   jfloat max_norm, jlong coefficient) {
  return carousel_clip_coefficient(stream_of(stream), pointer<const float>(squared_norm), max_norm,
                                   pointer<float>(coefficient));
}

jint Java_io_carousel_device_cuda_OptimizerKernels_sgd(JNIEnv *env, jclass, jlong stream, jint count,
                                                       jlongArray numbers, jlong gradient_scale, jfloat learning_rate,
                                                       jfloat momentum, jint nesterov, jfloat weight_decay,
                                                       jint first_step) {
  return for_each_launch(env, numbers, count, [&](jint n, const carousel_target *targets) {
    return carousel_sgd(stream_of(stream), n, targets, pointer<const float>(gradient_scale), learning_rate, momentum,
                        nesterov, weight_decay, first_step);
  });
}

jint Java_io_carousel_device_cuda_OptimizerKernels_adam(JNIEnv *env, jclass, jlong stream, jint count,
                                                        jlongArray numbers, jlong gradient_scale, jfloat step_size,
                                                        jdouble beta1, jdouble beta2, jfloat epsilon,
                                                        jfloat root_correction, jfloat coupled_decay, jfloat shrink) {
  return for_each_launch(env, numbers, count, [&](jint n, const carousel_target *targets) {
    return carousel_adam(stream_of(stream), n, targets, pointer<const float>(gradient_scale), step_size, beta1, beta2,
                         epsilon, root_correction, coupled_decay, shrink);
  });
}

jint Java_io_carousel_device_cuda_OptimizerKernels_rmsProp(JNIEnv *env, jclass, jlong stream, jint count,
                                                           jlongArray numbers, jlong gradient_scale,
                                                           jfloat learning_rate, jdouble alpha, jfloat epsilon,
                                                           jfloat momentum, jfloat weight_decay) {
  return for_each_launch(env, numbers, count, [&](jint n, const carousel_target *targets) {
    return carousel_rms_prop(stream_of(stream), n, targets, pointer<const float>(gradient_scale), learning_rate, alpha,
                             epsilon, momentum, weight_decay);
  });
}

jint Java_io_carousel_device_cuda_OptimizerKernels_adagrad(JNIEnv *env, jclass, jlong stream, jint count,
                                                           jlongArray numbers, jlong gradient_scale,
                                                           jfloat learning_rate, jfloat epsilon, jfloat weight_decay) {
  return for_each_launch(env, numbers, count, [&](jint n, const carousel_target *targets) {
    return carousel_adagrad(stream_of(stream), n, targets, pointer<const float>(gradient_scale), learning_rate,
                            epsilon, weight_decay);
  });
}
