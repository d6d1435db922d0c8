// io.carousel.device.cuda.RnnKernels
#include "carousel/rnn.h"

#include "io_carousel_device_cuda_RnnKernels.h"
#include "marshal.hpp"

jint Java_io_carousel_device_cuda_RnnKernels_forward(JNIEnv *, jclass, jlong stream, jint operand, jlong f,
                                                     jlong f_more, jint n, jint units, jlong gates, jlong gates_stride,
                                                     jlong bias, jlong h, jlong h_stride, jlong h_prev,
                                                     jlong h_prev_stride, jlong output, jlong output_stride) {
  return carousel_rnn_forward(stream_of(stream), operand, activation_of(f, f_more), n, units, view(gates, gates_stride),
                              pointer<const float>(bias), view(h, h_stride), view(h_prev, h_prev_stride),
                              view(output, output_stride));
}

jint Java_io_carousel_device_cuda_RnnKernels_backward(JNIEnv *, jclass, jlong stream, jint operand, jlong f,
                                                      jlong f_more, jint n, jint units, jlong gates, jlong gates_stride,
                                                      jlong d_output, jlong d_output_stride, jlong dh,
                                                      jlong dh_stride) {
  return carousel_rnn_backward(stream_of(stream), operand, activation_of(f, f_more), n, units,
                               view(gates, gates_stride), view(d_output, d_output_stride), view(dh, dh_stride));
}
