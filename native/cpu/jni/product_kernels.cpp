// io.carousel.device.cpu.ProductKernels
#include <jni.h>

#include "carousel/cpu_product.h"
#include "io_carousel_device_cpu_ProductKernels.h"

void Java_io_carousel_device_cpu_ProductKernels_multiplyTransposed(JNIEnv *, jclass, jint vector, jint m, jint n, jint k,
                                                                   jfloat alpha, jlong a, jint a_stride, jlong b,
                                                                   jint b_stride, jfloat beta, jlong c, jint c_stride) {
  carousel_cpu_multiply_transposed(vector, m, n, k, alpha, reinterpret_cast<const float *>(a), a_stride,
                                   reinterpret_cast<const float *>(b), b_stride, beta, reinterpret_cast<float *>(c), c_stride);
}
