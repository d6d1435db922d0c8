// io.carousel.device.cpu.RecurrentKernels
#include <jni.h>

#include "carousel/cpu.h"
#include "io_carousel_device_cpu_RecurrentKernels.h"

static carousel_cpu_run *run_at(jlong address) { return reinterpret_cast<carousel_cpu_run *>(address); }

static const float *floats_at(jlong address) { return reinterpret_cast<const float *>(address); }

jint Java_io_carousel_device_cpu_RecurrentKernels_abi(JNIEnv *, jclass) { return carousel_cpu_abi(); }

jint Java_io_carousel_device_cpu_RecurrentKernels_runWords(JNIEnv *, jclass) { return carousel_cpu_run_words(); }

jint Java_io_carousel_device_cpu_RecurrentKernels_vectorLength(JNIEnv *, jclass) {
  return carousel_cpu_vector_length();
}

jlong Java_io_carousel_device_cpu_RecurrentKernels_size(JNIEnv *, jclass, jlong run, jint what) {
  return carousel_cpu_size(run_at(run), what);
}

void Java_io_carousel_device_cpu_RecurrentKernels_pack(JNIEnv *, jclass, jlong run, jlong weight_ih,
                                                       jlong weight_ih_stride, jlong weight_hh, jlong weight_hh_stride,
                                                       jlong bias_ih, jlong bias_hh, jlong panel, jlong panel_end) {
  carousel_cpu_pack(run_at(run), floats_at(weight_ih), weight_ih_stride, floats_at(weight_hh), weight_hh_stride,
                    floats_at(bias_ih), floats_at(bias_hh), panel, panel_end);
}

void Java_io_carousel_device_cpu_RecurrentKernels_start(JNIEnv *, jclass, jlong run, jlong row, jlong row_end) {
  carousel_cpu_start(run_at(run), row, row_end);
}

void Java_io_carousel_device_cpu_RecurrentKernels_forward(JNIEnv *, jclass, jlong run, jlong place, jlong place_end,
                                                          jlong row, jlong row_end, jlong panel, jlong panel_end) {
  carousel_cpu_forward(run_at(run), place, place_end, row, row_end, panel, panel_end);
}

void Java_io_carousel_device_cpu_RecurrentKernels_trace(JNIEnv *, jclass, jlong run, jlong place) {
  carousel_cpu_trace(run_at(run), place);
}

void Java_io_carousel_device_cpu_RecurrentKernels_backwardStart(JNIEnv *, jclass, jlong run, jlong row,
                                                                jlong row_end) {
  carousel_cpu_backward_start(run_at(run), row, row_end);
}

void Java_io_carousel_device_cpu_RecurrentKernels_backward(JNIEnv *, jclass, jlong run, jlong place, jlong place_end,
                                                           jlong row, jlong row_end, jlong panel, jlong panel_end) {
  carousel_cpu_backward(run_at(run), place, place_end, row, row_end, panel, panel_end);
}

void Java_io_carousel_device_cpu_RecurrentKernels_backwardEnd(JNIEnv *, jclass, jlong run, jlong row, jlong row_end) {
  carousel_cpu_backward_end(run_at(run), row, row_end);
}

void Java_io_carousel_device_cpu_RecurrentKernels_inputGradient(JNIEnv *, jclass, jlong run, jlong row,
                                                                jlong row_end) {
  carousel_cpu_input_gradient(run_at(run), row, row_end);
}

void Java_io_carousel_device_cpu_RecurrentKernels_weightGradients(JNIEnv *, jclass, jlong run, jlong tile,
                                                                  jlong tile_end) {
  carousel_cpu_weight_gradients(run_at(run), tile, tile_end);
}
