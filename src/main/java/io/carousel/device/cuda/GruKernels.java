package io.carousel.device.cuda;

/**
 * {@code native/include/carousel/gru.h}; arguments as in {@link RnnKernels}, the variant's fields
 * one by one.
 */
final class GruKernels {
  private GruKernels() {}

  static native int forward(
      long stream,
      int operand,
      long gate,
      long gateMore,
      long activation,
      long activationMore,
      int n,
      int units,
      long xGates,
      long xGatesStride,
      long hGates,
      long hGatesStride,
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
      long gate,
      long gateMore,
      long activation,
      long activationMore,
      int n,
      int units,
      long xGates,
      long xGatesStride,
      long hGates,
      long hGatesStride,
      long hPrev,
      long hPrevStride,
      long dOutput,
      long dOutputStride,
      long dh,
      long dhStride);

  static native int resetForward(
      long stream,
      int operand,
      long gate,
      long gateMore,
      long activation,
      long activationMore,
      int n,
      int units,
      long gates,
      long gatesStride,
      long bias,
      long h,
      long hStride,
      long resetH,
      long resetHStride);

  static native int candidateForward(
      long stream,
      int operand,
      long gate,
      long gateMore,
      long activation,
      long activationMore,
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

  static native int candidateBackward(
      long stream,
      int operand,
      long gate,
      long gateMore,
      long activation,
      long activationMore,
      int n,
      int units,
      long gates,
      long gatesStride,
      long hPrev,
      long hPrevStride,
      long dOutput,
      long dOutputStride,
      long dh,
      long dhStride);

  static native int resetBackward(
      long stream,
      int operand,
      long gate,
      long gateMore,
      long activation,
      long activationMore,
      int n,
      int units,
      long gates,
      long gatesStride,
      long dResetH,
      long dResetHStride,
      long hPrev,
      long hPrevStride,
      long dh,
      long dhStride);
}
