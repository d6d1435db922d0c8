// io.carousel.device.cuda.LstmKernels
#include "carousel/lstm.h"

#include "io_carousel_device_cuda_LstmKernels.h"
#include "marshal.hpp"

static carousel_lstm_variant variant_of(jlong gate, jlong gate_more, jlong activation, jlong activation_more,
                                        jlong cell_output, jlong cell_output_more, jint coupled, jfloat clip,
                                        jlong peephole) {
  return {activation_of(gate, gate_more), activation_of(activation, activation_more),
          activation_of(cell_output, cell_output_more), coupled, clip, pointer<const float>(peephole)};
}

jint Java_io_carousel_device_cuda_LstmKernels_forward(JNIEnv *, jclass, jlong stream, jint operand, jlong gate,
                                                      jlong gate_more, jlong activation, jlong activation_more,
                                                      jlong cell_output, jlong cell_output_more, jint coupled,
                                                      jfloat clip, jlong peephole, jint n, jint units, jlong gates,
                                                      jlong gates_stride, jlong bias, jlong c, jlong c_stride,
                                                      jlong c_prev, jlong c_prev_stride, jlong h, jlong h_stride,
                                                      jlong h_prev, jlong h_prev_stride, jlong output,
                                                      jlong output_stride) {
  return carousel_lstm_forward(stream_of(stream), operand,
                               variant_of(gate, gate_more, activation, activation_more, cell_output, cell_output_more,
                                          coupled, clip, peephole),
                               n, units, view(gates, gates_stride), pointer<const float>(bias), view(c, c_stride),
                               view(c_prev, c_prev_stride), view(h, h_stride), view(h_prev, h_prev_stride),
                               view(output, output_stride));
}

jint Java_io_carousel_device_cuda_LstmKernels_backward(JNIEnv *, jclass, jlong stream, jint operand, jlong gate,
                                                       jlong gate_more, jlong activation, jlong activation_more,
                                                       jlong cell_output, jlong cell_output_more, jint coupled,
                                                       jfloat clip, jlong peephole, jint n, jint units, jlong gates,
                                                       jlong gates_stride, jlong c_prev, jlong c_prev_stride,
                                                       jlong d_output, jlong d_output_stride, jlong dh, jlong dh_stride,
                                                       jlong dc, jlong dc_stride, jlong cell, jlong cell_stride) {
  return carousel_lstm_backward(stream_of(stream), operand,
                                variant_of(gate, gate_more, activation, activation_more, cell_output, cell_output_more,
                                          coupled, clip, peephole),
                                n, units, view(gates, gates_stride), view(c_prev, c_prev_stride),
                                view(d_output, d_output_stride), view(dh, dh_stride), view(dc, dc_stride),
                                view(cell, cell_stride));
}
