// io.carousel.device.cuda.ElementwiseKernels
#include "carousel/ops.h"

#include "io_carousel_device_cuda_ElementwiseKernels.h"
#include "marshal.hpp"

jint Java_io_carousel_device_cuda_ElementwiseKernels_copy(JNIEnv *, jclass, jlong stream, jint from_type, jint to_type,
                                                          jint rows, jint columns, jlong from, jlong from_stride,
                                                          jlong to, jlong to_stride) {
  return carousel_copy(stream_of(stream), from_type, to_type, rows, columns, view(from, from_stride),
                       view(to, to_stride));
}

jint Java_io_carousel_device_cuda_ElementwiseKernels_fill(JNIEnv *, jclass, jlong stream, jint type, jint rows,
                                                          jint columns, jdouble value, jlong to, jlong to_stride) {
  return carousel_fill(stream_of(stream), type, rows, columns, value, view(to, to_stride));
}

jint Java_io_carousel_device_cuda_ElementwiseKernels_addBias(JNIEnv *, jclass, jlong stream, jint rows, jint columns,
                                                             jlong x, jlong x_stride, jlong bias) {
  return carousel_add_bias(stream_of(stream), rows, columns, view(x, x_stride), pointer<const float>(bias));
}

jint Java_io_carousel_device_cuda_ElementwiseKernels_sumRows(JNIEnv *, jclass, jlong stream, jint type, jint rows,
                                                             jint columns, jlong x, jlong x_stride, jfloat beta,
                                                             jlong sum, jlong scratch) {
  return carousel_sum_rows(stream_of(stream), type, rows, columns, view(x, x_stride), beta, pointer<float>(sum),
                           pointer<void>(scratch));
}

jint Java_io_carousel_device_cuda_ElementwiseKernels_axpy(JNIEnv *, jclass, jlong stream, jint rows, jint columns,
                                                          jfloat alpha, jlong x, jlong x_stride, jlong y,
                                                          jlong y_stride) {
  return carousel_axpy(stream_of(stream), rows, columns, alpha, view(x, x_stride), view(y, y_stride));
}

jint Java_io_carousel_device_cuda_ElementwiseKernels_scale(JNIEnv *, jclass, jlong stream, jint rows, jint columns,
                                                           jfloat alpha, jlong x, jlong x_stride) {
  return carousel_scale(stream_of(stream), rows, columns, alpha, view(x, x_stride));
}

jint Java_io_carousel_device_cuda_ElementwiseKernels_clamp(JNIEnv *, jclass, jlong stream, jint rows, jint columns,
                                                           jfloat limit, jlong x, jlong x_stride) {
  return carousel_clamp(stream_of(stream), rows, columns, limit, view(x, x_stride));
}

jint Java_io_carousel_device_cuda_ElementwiseKernels_multiply(JNIEnv *, jclass, jlong stream, jint rows, jint columns,
                                                              jlong a, jlong a_stride, jlong b, jlong b_stride,
                                                              jlong out, jlong out_stride) {
  return carousel_multiply(stream_of(stream), rows, columns, view(a, a_stride), view(b, b_stride),
                           view(out, out_stride));
}

jint Java_io_carousel_device_cuda_ElementwiseKernels_activationForward(JNIEnv *, jclass, jlong stream, jlong f,
                                                                       jlong f_more, jint rows, jint columns, jlong x,
                                                                       jlong x_stride, jlong y, jlong y_stride) {
  return carousel_activation_forward(stream_of(stream), activation_of(f, f_more), rows, columns, view(x, x_stride),
                                     view(y, y_stride));
}

jint Java_io_carousel_device_cuda_ElementwiseKernels_activationBackward(JNIEnv *, jclass, jlong stream, jlong f,
                                                                        jlong f_more, jint rows, jint columns, jlong y,
                                                                        jlong y_stride, jlong dy, jlong dy_stride,
                                                                        jlong dx, jlong dx_stride) {
  return carousel_activation_backward(stream_of(stream), activation_of(f, f_more), rows, columns, view(y, y_stride),
                                      view(dy, dy_stride), view(dx, dx_stride));
}

jint Java_io_carousel_device_cuda_ElementwiseKernels_dropout(JNIEnv *, jclass, jlong stream, jint threshold,
                                                             jfloat factor, jlong key, jlong draw, jlong row_ids,
                                                             jlong row_ids_stride, jint rows, jint columns, jlong x,
                                                             jlong x_stride, jlong y, jlong y_stride) {
  return carousel_dropout(stream_of(stream), static_cast<uint32_t>(threshold), factor, static_cast<uint64_t>(key),
                          pointer<const int32_t>(draw), view(row_ids, row_ids_stride), rows, columns,
                          view(x, x_stride), view(y, y_stride));
}

jint Java_io_carousel_device_cuda_ElementwiseKernels_gatherRows(JNIEnv *, jclass, jlong stream, jint table_type,
                                                                jint out_type, jint rows, jint columns, jlong table,
                                                                jlong table_stride, jlong ids, jlong out,
                                                                jlong out_stride) {
  return carousel_gather_rows(stream_of(stream), table_type, out_type, rows, columns, view(table, table_stride),
                              pointer<const int32_t>(ids), view(out, out_stride));
}

jint Java_io_carousel_device_cuda_ElementwiseKernels_scatterAddRows(JNIEnv *, jclass, jlong stream, jint count,
                                                                    jint columns, jlong rows, jlong rows_stride,
                                                                    jlong ids, jlong table, jlong table_stride) {
  return carousel_scatter_add_rows(stream_of(stream), count, columns, view(rows, rows_stride),
                                   pointer<const int32_t>(ids), view(table, table_stride));
}
