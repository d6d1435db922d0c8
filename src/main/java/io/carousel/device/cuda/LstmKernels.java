package io.carousel.device.cuda;

/**
 * {@code native/include/carousel/lstm.h}; arguments as in {@link RnnKernels}, the variant's fields
 * one by one.
 */
final class LstmKernels {
  private LstmKernels() {}

  static native int forward(
      long stream,
      int operand,
      long gate,
      long gateMore,
      long activation,
      long activationMore,
      long cellOutput,
      long cellOutputMore,
      int coupled,
      float clip,
      long peephole,
      int n,
      int units,
      long gates,
      long gatesStride,
      long bias,
      long c,
      long cStride,
      long cPrev,
      long cPrevStride,
      long h,
      long hStride,
      long hPrev,
      long hPrevStride,
      long output,
      long outputStride);

  static native int backward(
      long stream,
      int operand,
      long gate,
      long gateMore,
      long activation,
      long activationMore,
      long cellOutput,
      long cellOutputMore,
      int coupled,
      float clip,
      long peephole,
      int n,
      int units,
      long gates,
      long gatesStride,
      long cPrev,
      long cPrevStride,
      long dOutput,
      long dOutputStride,
      long dh,
      long dhStride,
      long dc,
      long dcStride,
      long cell,
      long cellStride);
}
