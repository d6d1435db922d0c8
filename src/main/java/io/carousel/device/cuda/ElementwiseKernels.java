package io.carousel.device.cuda;

/** {@code native/include/carousel/ops.h}; arguments as in {@link RnnKernels}. */
final class ElementwiseKernels {
  private ElementwiseKernels() {}

  static native int copy(
      long stream,
      int fromType,
      int toType,
      int rows,
      int columns,
      long from,
      long fromStride,
      long to,
      long toStride);

  static native int fill(
      long stream, int type, int rows, int columns, double value, long to, long toStride);

  static native int addBias(long stream, int rows, int columns, long x, long xStride, long bias);

  static native int sumRows(
      long stream,
      int type,
      int rows,
      int columns,
      long x,
      long xStride,
      float beta,
      long sum,
      long scratch);

  static native int axpy(
      long stream, int rows, int columns, float alpha, long x, long xStride, long y, long yStride);

  static native int scale(long stream, int rows, int columns, float alpha, long x, long xStride);

  static native int clamp(long stream, int rows, int columns, float limit, long x, long xStride);

  static native int multiply(
      long stream,
      int rows,
      int columns,
      long a,
      long aStride,
      long b,
      long bStride,
      long out,
      long outStride);

  static native int activationForward(
      long stream,
      long f,
      long fMore,
      int rows,
      int columns,
      long x,
      long xStride,
      long y,
      long yStride);

  static native int activationBackward(
      long stream,
      long f,
      long fMore,
      int rows,
      int columns,
      long y,
      long yStride,
      long dy,
      long dyStride,
      long dx,
      long dxStride);

  static native int dropout(
      long stream,
      int threshold,
      float factor,
      long key,
      long draw,
      long rowIds,
      long rowIdsStride,
      int rows,
      int columns,
      long x,
      long xStride,
      long y,
      long yStride);

  static native int gatherRows(
      long stream,
      int tableType,
      int outType,
      int rows,
      int columns,
      long table,
      long tableStride,
      long ids,
      long out,
      long outStride);

  static native int scatterAddRows(
      long stream,
      int count,
      int columns,
      long rows,
      long rowsStride,
      long ids,
      long table,
      long tableStride);
}
