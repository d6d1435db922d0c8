package io.carousel.device.cpu;

import io.carousel.device.AttentionOperations;
import io.carousel.device.Matrix;
import io.carousel.device.MatrixBatch;
import io.carousel.device.OperandChecks;

/**
 * Batched products, whole matrices a thread, so that bits do not depend on threads; softmax rows.
 */
interface CpuAttention extends AttentionOperations, CpuProduct {
  @Override
  default void gemmStridedBatched(
      boolean transposeA,
      boolean transposeB,
      double alpha,
      MatrixBatch a,
      MatrixBatch b,
      double beta,
      MatrixBatch c) {
    begin(a.first(), b.first(), c.first());
    OperandChecks.gemmStridedBatched(transposeA, transposeB, a, b, c);
    int m = c.first().rows();
    int n = c.first().columns();
    int k = transposeA ? a.first().rows() : a.first().columns();
    if (m == 0 || n == 0) {
      return;
    }
    if (k == 0) {
      for (int i = 0; i < c.count(); i++) {
        gemm(transposeA, transposeB, alpha, a.matrix(i), b.matrix(i), beta, c.matrix(i));
      }
      return;
    }
    CpuBuffer x = CpuBuffer.reals(a.first());
    CpuBuffer y = CpuBuffer.reals(b.first());
    CpuBuffer z = CpuBuffer.reals(c.first());
    Gemm library = library();
    workers()
        .ranges(
            c.count(),
            1,
            c.count() * (500 + 2.0 * m * n * k / 50), // a call, and 50 operations a nanosecond
            (part, tile, from, to) -> {
              for (long i = from; i < to; i++) {
                library.multiply(
                    transposeA,
                    transposeB,
                    m,
                    n,
                    k,
                    (float) alpha,
                    x,
                    a.first().offset() + i * a.distance(),
                    Math.max(a.first().stride(), a.first().columns()),
                    y,
                    b.first().offset() + i * b.distance(),
                    Math.max(b.first().stride(), b.first().columns()),
                    (float) beta,
                    z,
                    c.first().offset() + i * c.distance(),
                    Math.max(c.first().stride(), c.first().columns()));
              }
            });
  }

  @Override
  default void maskedSoftmaxForward(Matrix x, Matrix lengths, Matrix y) {
    begin(x, lengths, y);
    OperandChecks.maskedSoftmax(lengths, x, y);
    workers()
        .ranges(
            x.rows(),
            1,
            3.0 * x.size(),
            (part, tile, from, to) -> {
              for (int row = (int) from; row < to; row++) {
                SoftmaxRow.forward(tile, x, row, length(lengths, row), y);
              }
            });
  }

  @Override
  default void maskedSoftmaxBackward(Matrix y, Matrix lengths, Matrix dY, Matrix dX) {
    begin(y, lengths, dY, dX);
    OperandChecks.maskedSoftmax(lengths, y, dY, dX);
    workers()
        .ranges(
            y.rows(),
            1,
            1.0 * y.size(),
            (part, tile, from, to) -> {
              for (int row = (int) from; row < to; row++) {
                SoftmaxRow.backward(tile, y, row, length(lengths, row), dY, dX);
              }
            });
  }

  private static int length(Matrix lengths, int row) {
    return CpuBuffer.integers(lengths).integer(lengths.offset() + row);
  }
}
