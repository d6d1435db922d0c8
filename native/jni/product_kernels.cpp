// io.carousel.device.cuda.ProductKernels
#include "carousel/product.h"

#include "io_carousel_device_cuda_ProductKernels.h"
#include "marshal.hpp"

jint Java_io_carousel_device_cuda_ProductKernels_rowInvariantProduct(
    JNIEnv *, jclass, jlong stream, jint operand_type, jint result_type, jint count, jboolean transpose_a,
    jboolean transpose_b, jint m, jint n, jint k, jfloat alpha, jlong a, jlong a_stride, jlong a_distance, jlong b,
    jlong b_stride, jlong b_distance, jfloat beta, jlong c, jlong c_stride, jlong c_distance) {
  return carousel_row_invariant_product(stream_of(stream), operand_type, result_type,
                                        {count, transpose_a, transpose_b, m, n, k}, alpha,
                                        {pointer<void>(a), a_stride, a_distance},
                                        {pointer<void>(b), b_stride, b_distance}, beta,
                                        {pointer<void>(c), c_stride, c_distance});
}
