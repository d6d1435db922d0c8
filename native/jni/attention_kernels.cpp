// io.carousel.device.cuda.AttentionKernels
#include "carousel/attention.h"

#include "io_carousel_device_cuda_AttentionKernels.h"
#include "marshal.hpp"

jint Java_io_carousel_device_cuda_AttentionKernels_maskedSoftmaxForward(JNIEnv *, jclass, jlong stream, jint rows,
                                                                        jint columns, jlong x, jlong x_stride,
                                                                        jlong lengths, jlong y, jlong y_stride) {
  return carousel_masked_softmax_forward(stream_of(stream), rows, columns, view(x, x_stride),
                                         pointer<const int32_t>(lengths), view(y, y_stride));
}

jint Java_io_carousel_device_cuda_AttentionKernels_maskedSoftmaxBackward(JNIEnv *, jclass, jlong stream, jint rows,
                                                                         jint columns, jlong y, jlong y_stride,
                                                                         jlong lengths, jlong dy, jlong dy_stride,
                                                                         jlong dx, jlong dx_stride) {
  return carousel_masked_softmax_backward(stream_of(stream), rows, columns, view(y, y_stride),
                                          pointer<const int32_t>(lengths), view(dy, dy_stride), view(dx, dx_stride));
}
