package io.carousel.device.cuda;

/** {@code native/include/carousel/attention.h}; arguments as in {@link RnnKernels}. */
final class AttentionKernels {
  private AttentionKernels() {}

  static native int maskedSoftmaxForward(
      long stream, int rows, int columns, long x, long xStride, long lengths, long y, long yStride);

  static native int maskedSoftmaxBackward(
      long stream,
      int rows,
      int columns,
      long y,
      long yStride,
      long lengths,
      long dy,
      long dyStride,
      long dx,
      long dxStride);
}
