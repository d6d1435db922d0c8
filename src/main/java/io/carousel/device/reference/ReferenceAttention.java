package io.carousel.device.reference;

import static io.carousel.device.reference.ReferenceBuffer.at;
import static io.carousel.device.reference.ReferenceBuffer.integers;
import static io.carousel.device.reference.ReferenceCells.get;
import static io.carousel.device.reference.ReferenceCells.set;

import io.carousel.device.AttentionOperations;
import io.carousel.device.ElementwiseOperations;
import io.carousel.device.Matrix;
import io.carousel.device.MatrixBatch;
import io.carousel.device.OperandChecks;

/** Batched products one by one, masked softmax row by row. */
interface ReferenceAttention extends AttentionOperations, ElementwiseOperations, ReferenceStart {
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
    for (int i = 0; i < c.count(); i++) {
      gemm(transposeA, transposeB, alpha, a.matrix(i), b.matrix(i), beta, c.matrix(i));
    }
  }

  @Override
  default void maskedSoftmaxForward(Matrix x, Matrix lengths, Matrix y) {
    begin(x, lengths, y);
    OperandChecks.maskedSoftmax(lengths, x, y);
    for (int r = 0; r < x.rows(); r++) {
      int length = integers(lengths)[at(lengths, 0) + r];
      double max = Double.NEGATIVE_INFINITY;
      for (int c = 0; c < length; c++) {
        max = Math.max(max, get(x, r, c));
      }
      double sum = 0;
      for (int c = 0; c < length; c++) {
        sum += Math.exp(get(x, r, c) - max);
      }
      for (int c = 0; c < x.columns(); c++) {
        set(y, r, c, c < length ? Math.exp(get(x, r, c) - max) / sum : 0);
      }
    }
  }

  @Override
  default void maskedSoftmaxBackward(Matrix y, Matrix lengths, Matrix dY, Matrix dX) {
    begin(y, lengths, dY, dX);
    OperandChecks.maskedSoftmax(lengths, y, dY, dX);
    for (int r = 0; r < y.rows(); r++) {
      int length = integers(lengths)[at(lengths, 0) + r];
      double mean = 0;
      for (int c = 0; c < length; c++) {
        mean += get(y, r, c) * get(dY, r, c);
      }
      for (int c = 0; c < y.columns(); c++) {
        set(dX, r, c, c < length ? get(y, r, c) * (get(dY, r, c) - mean) : 0);
      }
    }
  }
}
