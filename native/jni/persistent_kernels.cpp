// io.carousel.device.cuda.PersistentKernels
#include "carousel/persistent.h"

#include "io_carousel_device_cuda_PersistentKernels.h"
#include "marshal.hpp"

// A layout comes as six numbers, the bytes of the struct.
static constexpr jsize LAYOUT_WORDS = 6;
static_assert(sizeof(carousel_persistent_layout) == LAYOUT_WORDS * sizeof(jlong), "a layout is six numbers");

static carousel_persistent_layout layout_of(JNIEnv *env, jlongArray words) {
  jlong copy[LAYOUT_WORDS];
  env->GetLongArrayRegion(words, 0, LAYOUT_WORDS, copy);
  carousel_persistent_layout layout;
  std::memcpy(&layout, copy, sizeof layout);
  return layout;
}

static carousel_packing packing_of(jint steps, jint batch, jint reverse, jlong offsets) {
  return {steps, batch, reverse, pointer<const int32_t>(offsets)};
}

jint Java_io_carousel_device_cuda_PersistentKernels_layout(JNIEnv *env, jclass, jint cell, jint operand, jint units,
                                                           jint inputs, jint batch, jint backward,
                                                           jint multiprocessors, jint clusters, jlongArray words) {
  carousel_persistent_layout layout = {};
  carousel_status status = carousel_persistent_layout_of(cell, operand, units, inputs, batch, backward, multiprocessors,
                                                         clusters, &layout);
  jlong copy[LAYOUT_WORDS];
  std::memcpy(copy, &layout, sizeof layout);
  env->SetLongArrayRegion(words, 0, LAYOUT_WORDS, copy);
  return status;
}

jint Java_io_carousel_device_cuda_PersistentKernels_lstmForward(JNIEnv *env, jclass, jlong stream, jint operand,
                                                                jint steps, jint batch, jint reverse, jlong offsets,
                                                                jint units, jlongArray layout, jlong weight,
                                                                jlong weight_stride, jlong gates, jlong gates_stride,
                                                                jlong bias, jlong h, jlong h_stride, jlong c,
                                                                jlong c_stride, jlong c_prev, jlong c_prev_stride,
                                                                jlong h_prev, jlong h_prev_stride, jlong output,
                                                                jlong output_stride, jlong cell, jlong cell_stride,
                                                                jlong workspace) {
  return carousel_lstm_persistent_forward(stream_of(stream), operand, packing_of(steps, batch, reverse, offsets), units,
                                          layout_of(env, layout), view(weight, weight_stride),
                                          view(gates, gates_stride), pointer<const float>(bias), view(h, h_stride),
                                          view(c, c_stride), view(c_prev, c_prev_stride), view(h_prev, h_prev_stride),
                                          view(output, output_stride), view(cell, cell_stride),
                                          pointer<void>(workspace));
}

jint Java_io_carousel_device_cuda_PersistentKernels_lstmBackward(JNIEnv *env, jclass, jlong stream, jint operand,
                                                                 jint steps, jint batch, jint reverse, jlong offsets,
                                                                 jint units, jlongArray layout, jlong weight,
                                                                 jlong weight_stride, jlong gates, jlong gates_stride,
                                                                 jlong c_prev, jlong c_prev_stride, jlong d_output,
                                                                 jlong d_output_stride, jlong dh, jlong dh_stride,
                                                                 jlong dc, jlong dc_stride, jlong dh_all,
                                                                 jlong dh_all_stride, jlong workspace) {
  return carousel_lstm_persistent_backward(stream_of(stream), operand, packing_of(steps, batch, reverse, offsets),
                                           units, layout_of(env, layout), view(weight, weight_stride),
                                           view(gates, gates_stride), view(c_prev, c_prev_stride),
                                           view(d_output, d_output_stride), view(dh, dh_stride), view(dc, dc_stride),
                                           view(dh_all, dh_all_stride), pointer<void>(workspace));
}

jint Java_io_carousel_device_cuda_PersistentKernels_lstmInfer(JNIEnv *env, jclass, jlong stream, jint operand,
                                                              jint steps, jint batch, jint reverse, jlong offsets,
                                                              jint units, jint inputs, jlongArray layout,
                                                              jlong weight_ih, jlong weight_ih_stride, jlong weight_hh,
                                                              jlong weight_hh_stride, jlong x, jlong x_stride,
                                                              jlong bias, jlong h, jlong h_stride, jlong c,
                                                              jlong c_stride, jlong output, jlong output_stride,
                                                              jlong workspace) {
  return carousel_lstm_persistent_infer(stream_of(stream), operand, packing_of(steps, batch, reverse, offsets), units,
                                        inputs, layout_of(env, layout), view(weight_ih, weight_ih_stride),
                                        view(weight_hh, weight_hh_stride), view(x, x_stride),
                                        pointer<const float>(bias), view(h, h_stride), view(c, c_stride),
                                        view(output, output_stride), pointer<void>(workspace));
}

jint Java_io_carousel_device_cuda_PersistentKernels_lstmReplay(JNIEnv *, jclass, jlong stream, jint operand, jint steps,
                                                               jint batch, jint reverse, jlong offsets, jint units,
                                                               jlong products, jlong products_stride, jlong gates,
                                                               jlong gates_stride, jlong bias, jlong c, jlong c_stride,
                                                               jlong c_prev, jlong c_prev_stride) {
  return carousel_lstm_replay(stream_of(stream), operand, packing_of(steps, batch, reverse, offsets), units,
                              view(products, products_stride), view(gates, gates_stride), pointer<const float>(bias),
                              view(c, c_stride), view(c_prev, c_prev_stride));
}

jint Java_io_carousel_device_cuda_PersistentKernels_gruForward(JNIEnv *env, jclass, jlong stream, jint operand,
                                                               jint steps, jint batch, jint reverse, jlong offsets,
                                                               jint units, jlongArray layout, jlong weight,
                                                               jlong weight_stride, jlong x_gates, jlong x_gates_stride,
                                                               jlong h_gates, jlong h_gates_stride, jlong bias, jlong h,
                                                               jlong h_stride, jlong h_prev, jlong h_prev_stride,
                                                               jlong output, jlong output_stride, jlong workspace) {
  return carousel_gru_persistent_forward(stream_of(stream), operand, packing_of(steps, batch, reverse, offsets), units,
                                         layout_of(env, layout), view(weight, weight_stride),
                                         view(x_gates, x_gates_stride), view(h_gates, h_gates_stride),
                                         pointer<const float>(bias), view(h, h_stride), view(h_prev, h_prev_stride),
                                         view(output, output_stride), pointer<void>(workspace));
}

jint Java_io_carousel_device_cuda_PersistentKernels_gruBackward(JNIEnv *env, jclass, jlong stream, jint operand,
                                                                jint steps, jint batch, jint reverse, jlong offsets,
                                                                jint units, jlongArray layout, jlong weight,
                                                                jlong weight_stride, jlong x_gates,
                                                                jlong x_gates_stride, jlong h_gates,
                                                                jlong h_gates_stride, jlong h_prev, jlong h_prev_stride,
                                                                jlong d_output, jlong d_output_stride, jlong dh,
                                                                jlong dh_stride, jlong dh_all, jlong dh_all_stride,
                                                                jlong workspace) {
  return carousel_gru_persistent_backward(stream_of(stream), operand, packing_of(steps, batch, reverse, offsets), units,
                                          layout_of(env, layout), view(weight, weight_stride),
                                          view(x_gates, x_gates_stride), view(h_gates, h_gates_stride),
                                          view(h_prev, h_prev_stride), view(d_output, d_output_stride),
                                          view(dh, dh_stride), view(dh_all, dh_all_stride), pointer<void>(workspace));
}

jint Java_io_carousel_device_cuda_PersistentKernels_gruInfer(JNIEnv *env, jclass, jlong stream, jint operand,
                                                             jint steps, jint batch, jint reverse, jlong offsets,
                                                             jint units, jint inputs, jlongArray layout,
                                                             jlong weight_ih, jlong weight_ih_stride, jlong weight_hh,
                                                             jlong weight_hh_stride, jlong x, jlong x_stride,
                                                             jlong bias, jlong h, jlong h_stride, jlong output,
                                                             jlong output_stride, jlong workspace) {
  return carousel_gru_persistent_infer(stream_of(stream), operand, packing_of(steps, batch, reverse, offsets), units,
                                       inputs, layout_of(env, layout), view(weight_ih, weight_ih_stride),
                                       view(weight_hh, weight_hh_stride), view(x, x_stride),
                                       pointer<const float>(bias), view(h, h_stride), view(output, output_stride),
                                       pointer<void>(workspace));
}

jint Java_io_carousel_device_cuda_PersistentKernels_gruReplay(JNIEnv *, jclass, jlong stream, jint operand, jint steps,
                                                              jint batch, jint reverse, jlong offsets, jint units,
                                                              jlong products, jlong products_stride, jlong x_gates,
                                                              jlong x_gates_stride, jlong h_gates, jlong h_gates_stride,
                                                              jlong bias) {
  return carousel_gru_replay(stream_of(stream), operand, packing_of(steps, batch, reverse, offsets), units,
                             view(products, products_stride), view(x_gates, x_gates_stride),
                             view(h_gates, h_gates_stride), pointer<const float>(bias));
}

jint Java_io_carousel_device_cuda_PersistentKernels_rnnForward(JNIEnv *env, jclass, jlong stream, jint operand, jlong f,
                                                               jlong f_more, jint steps, jint batch, jint reverse,
                                                               jlong offsets, jint units, jlongArray layout,
                                                               jlong weight, jlong weight_stride, jlong gates,
                                                               jlong gates_stride, jlong bias, jlong h, jlong h_stride,
                                                               jlong h_prev, jlong h_prev_stride, jlong output,
                                                               jlong output_stride, jlong workspace) {
  return carousel_rnn_persistent_forward(stream_of(stream), operand, activation_of(f, f_more),
                                         packing_of(steps, batch, reverse, offsets), units, layout_of(env, layout),
                                         view(weight, weight_stride), view(gates, gates_stride),
                                         pointer<const float>(bias), view(h, h_stride), view(h_prev, h_prev_stride),
                                         view(output, output_stride), pointer<void>(workspace));
}

jint Java_io_carousel_device_cuda_PersistentKernels_rnnBackward(JNIEnv *env, jclass, jlong stream, jint operand,
                                                                jlong f, jlong f_more, jint steps, jint batch,
                                                                jint reverse, jlong offsets, jint units,
                                                                jlongArray layout, jlong weight, jlong weight_stride,
                                                                jlong gates, jlong gates_stride, jlong d_output,
                                                                jlong d_output_stride, jlong dh, jlong dh_stride,
                                                                jlong dh_all, jlong dh_all_stride, jlong workspace) {
  return carousel_rnn_persistent_backward(stream_of(stream), operand, activation_of(f, f_more),
                                          packing_of(steps, batch, reverse, offsets), units, layout_of(env, layout),
                                          view(weight, weight_stride), view(gates, gates_stride),
                                          view(d_output, d_output_stride), view(dh, dh_stride),
                                          view(dh_all, dh_all_stride), pointer<void>(workspace));
}

jint Java_io_carousel_device_cuda_PersistentKernels_rnnInfer(JNIEnv *env, jclass, jlong stream, jint operand, jlong f,
                                                             jlong f_more, jint steps, jint batch, jint reverse,
                                                             jlong offsets, jint units, jint inputs, jlongArray layout,
                                                             jlong weight_ih, jlong weight_ih_stride, jlong weight_hh,
                                                             jlong weight_hh_stride, jlong x, jlong x_stride,
                                                             jlong bias, jlong h, jlong h_stride, jlong output,
                                                             jlong output_stride, jlong workspace) {
  return carousel_rnn_persistent_infer(stream_of(stream), operand, activation_of(f, f_more),
                                       packing_of(steps, batch, reverse, offsets), units, inputs,
                                       layout_of(env, layout), view(weight_ih, weight_ih_stride),
                                       view(weight_hh, weight_hh_stride), view(x, x_stride),
                                       pointer<const float>(bias), view(h, h_stride), view(output, output_stride),
                                       pointer<void>(workspace));
}

jint Java_io_carousel_device_cuda_PersistentKernels_rnnReplay(JNIEnv *, jclass, jlong stream, jint operand, jlong f,
                                                              jlong f_more, jint steps, jint batch, jint reverse,
                                                              jlong offsets, jint units, jlong products,
                                                              jlong products_stride, jlong gates, jlong gates_stride,
                                                              jlong bias) {
  return carousel_rnn_replay(stream_of(stream), operand, activation_of(f, f_more),
                             packing_of(steps, batch, reverse, offsets), units, view(products, products_stride),
                             view(gates, gates_stride), pointer<const float>(bias));
}
