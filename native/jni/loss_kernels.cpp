// io.carousel.device.cuda.LossKernels
#include "carousel/loss.h"

#include "io_carousel_device_cuda_LossKernels.h"
#include "marshal.hpp"

jint Java_io_carousel_device_cuda_LossKernels_softmaxCrossEntropy(JNIEnv *, jclass, jlong stream, jint rows,
                                                                  jint classes, jlong logits, jlong logits_stride,
                                                                  jlong labels, jlong weights, jfloat label_smoothing,
                                                                  jlong d_logits, jlong d_logits_stride, jlong loss,
                                                                  jlong scratch) {
  return carousel_softmax_cross_entropy(stream_of(stream), rows, classes, view(logits, logits_stride),
                                        pointer<const int32_t>(labels), pointer<const float>(weights),
                                        label_smoothing, view(d_logits, d_logits_stride), pointer<float>(loss),
                                        pointer<void>(scratch));
}

jint Java_io_carousel_device_cuda_LossKernels_logisticLoss(JNIEnv *, jclass, jlong stream, jint rows, jint columns,
                                                           jlong logits, jlong logits_stride, jlong targets,
                                                           jlong targets_stride, jlong weights, jfloat positive_weight,
                                                           jlong d_logits, jlong d_logits_stride, jlong loss,
                                                           jlong scratch) {
  return carousel_logistic_loss(stream_of(stream), rows, columns, view(logits, logits_stride),
                                view(targets, targets_stride), pointer<const float>(weights), positive_weight,
                                view(d_logits, d_logits_stride), pointer<float>(loss), pointer<void>(scratch));
}

jint Java_io_carousel_device_cuda_LossKernels_squaredError(JNIEnv *, jclass, jlong stream, jint rows, jint columns,
                                                           jlong y, jlong y_stride, jlong targets,
                                                           jlong targets_stride, jlong weights, jlong dy,
                                                           jlong dy_stride, jlong loss, jlong scratch) {
  return carousel_squared_error(stream_of(stream), rows, columns, view(y, y_stride), view(targets, targets_stride),
                                pointer<const float>(weights), view(dy, dy_stride), pointer<float>(loss),
                                pointer<void>(scratch));
}
