// io.carousel.device.cuda.GruKernels
#include "carousel/gru.h"

#include "io_carousel_device_cuda_GruKernels.h"
#include "marshal.hpp"

static carousel_gru_variant variant_of(jlong gate, jlong gate_more, jlong activation, jlong activation_more) {
  return {activation_of(gate, gate_more), activation_of(activation, activation_more)};
}

jint Java_io_carousel_device_cuda_GruKernels_forward(JNIEnv *, jclass, jlong stream, jint operand, jlong gate,
                                                     jlong gate_more, jlong activation, jlong activation_more, jint n,
                                                     jint units, jlong x_gates, jlong x_gates_stride, jlong h_gates,
                                                     jlong h_gates_stride, jlong bias, jlong h, jlong h_stride,
                                                     jlong h_prev, jlong h_prev_stride, jlong output,
                                                     jlong output_stride) {
  return carousel_gru_forward(stream_of(stream), operand, variant_of(gate, gate_more, activation, activation_more), n,
                              units, view(x_gates, x_gates_stride), view(h_gates, h_gates_stride),
                              pointer<const float>(bias), view(h, h_stride), view(h_prev, h_prev_stride),
                              view(output, output_stride));
}

jint Java_io_carousel_device_cuda_GruKernels_backward(JNIEnv *, jclass, jlong stream, jint operand, jlong gate,
                                                      jlong gate_more, jlong activation, jlong activation_more, jint n,
                                                      jint units, jlong x_gates, jlong x_gates_stride, jlong h_gates,
                                                      jlong h_gates_stride, jlong h_prev, jlong h_prev_stride,
                                                      jlong d_output, jlong d_output_stride, jlong dh,
                                                      jlong dh_stride) {
  return carousel_gru_backward(stream_of(stream), operand, variant_of(gate, gate_more, activation, activation_more), n,
                               units, view(x_gates, x_gates_stride), view(h_gates, h_gates_stride),
                               view(h_prev, h_prev_stride), view(d_output, d_output_stride), view(dh, dh_stride));
}

jint Java_io_carousel_device_cuda_GruKernels_resetForward(JNIEnv *, jclass, jlong stream, jint operand, jlong gate,
                                                          jlong gate_more, jlong activation, jlong activation_more,
                                                          jint n, jint units, jlong gates, jlong gates_stride,
                                                          jlong bias, jlong h, jlong h_stride, jlong reset_h,
                                                          jlong reset_h_stride) {
  return carousel_gru_reset_forward(stream_of(stream), operand,
                                    variant_of(gate, gate_more, activation, activation_more), n, units,
                                    view(gates, gates_stride), pointer<const float>(bias), view(h, h_stride),
                                    view(reset_h, reset_h_stride));
}

jint Java_io_carousel_device_cuda_GruKernels_candidateForward(JNIEnv *, jclass, jlong stream, jint operand, jlong gate,
                                                              jlong gate_more, jlong activation, jlong activation_more,
                                                              jint n, jint units, jlong gates, jlong gates_stride,
                                                              jlong bias, jlong h, jlong h_stride, jlong h_prev,
                                                              jlong h_prev_stride, jlong output, jlong output_stride) {
  return carousel_gru_candidate_forward(stream_of(stream), operand,
                                        variant_of(gate, gate_more, activation, activation_more), n, units,
                                        view(gates, gates_stride), pointer<const float>(bias), view(h, h_stride),
                                        view(h_prev, h_prev_stride), view(output, output_stride));
}

jint Java_io_carousel_device_cuda_GruKernels_candidateBackward(JNIEnv *, jclass, jlong stream, jint operand, jlong gate,
                                                               jlong gate_more, jlong activation, jlong activation_more,
                                                               jint n, jint units, jlong gates, jlong gates_stride,
                                                               jlong h_prev, jlong h_prev_stride, jlong d_output,
                                                               jlong d_output_stride, jlong dh, jlong dh_stride) {
  return carousel_gru_candidate_backward(stream_of(stream), operand,
                                         variant_of(gate, gate_more, activation, activation_more), n, units,
                                         view(gates, gates_stride), view(h_prev, h_prev_stride),
                                         view(d_output, d_output_stride), view(dh, dh_stride));
}

jint Java_io_carousel_device_cuda_GruKernels_resetBackward(JNIEnv *, jclass, jlong stream, jint operand, jlong gate,
                                                           jlong gate_more, jlong activation, jlong activation_more,
                                                           jint n, jint units, jlong gates, jlong gates_stride,
                                                           jlong d_reset_h, jlong d_reset_h_stride, jlong h_prev,
                                                           jlong h_prev_stride, jlong dh, jlong dh_stride) {
  return carousel_gru_reset_backward(stream_of(stream), operand,
                                     variant_of(gate, gate_more, activation, activation_more), n, units,
                                     view(gates, gates_stride), view(d_reset_h, d_reset_h_stride),
                                     view(h_prev, h_prev_stride), view(dh, dh_stride));
}
