package io.carousel.device.cuda;

/**
 * {@code native/include/carousel/rnn.h}. A view is an address and a stride in elements, address 0
 * for one that is not given; types and functions are those of {@link Codes}, a function two
 * numbers. Each call returns a status.
 */
final class RnnKernels {
  private RnnKernels() {}

  static native int forward(
      long stream,
      int operand,
      long f,
      long fMore,
      int n,
      int units,
      long gates,
      long gatesStride,
      long bias,
      long h,
      long hStride,
      long hPrev,
      long hPrevStride,
      long output,
      long outputStride);

  static native int backward(
      long stream,
      int operand,
      long f,
      long fMore,
      int n,
      int units,
      long gates,
      long gatesStride,
      long dOutput,
      long dOutputStride,
      long dh,
      long dhStride);
}
