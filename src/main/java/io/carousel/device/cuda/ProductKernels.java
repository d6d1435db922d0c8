package io.carousel.device.cuda;

/** {@code native/include/carousel/product.h}; arguments as in {@link RnnKernels}. */
final class ProductKernels {
  private ProductKernels() {}

  static native int rowInvariantProduct(
      long stream,
      int operandType,
      int resultType,
      int count,
      boolean transposeA,
      boolean transposeB,
      int m,
      int n,
      int k,
      float alpha,
      long a,
      long aStride,
      long aDistance,
      long b,
      long bStride,
      long bDistance,
      float beta,
      long c,
      long cStride,
      long cDistance);
}
