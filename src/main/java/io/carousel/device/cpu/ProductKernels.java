package io.carousel.device.cpu;

/** {@code native/include/carousel/cpu_product.h}. */
final class ProductKernels {
  private ProductKernels() {}

  static native void multiplyTransposed(
      int vector,
      int m,
      int n,
      int k,
      float alpha,
      long a,
      int aStride,
      long b,
      int bStride,
      float beta,
      long c,
      int cStride);
}
