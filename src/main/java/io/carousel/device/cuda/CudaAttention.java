package io.carousel.device.cuda;

import static io.carousel.device.cuda.Operands.address;
import static io.carousel.device.cuda.Operands.stride;

import io.carousel.device.AttentionOperations;
import io.carousel.device.Matrix;
import io.carousel.device.MatrixBatch;
import io.carousel.device.OperandChecks;
import io.carousel.device.Products;

/** Batched products, each as {@link CudaProduct} does it; masked softmax. */
interface CudaAttention extends AttentionOperations, CudaProduct {
  /** Enqueues products that have elements and terms; see {@link CudaStream#gemmStridedBatched}. */
  void multiplyBatch(
      boolean transposeA,
      boolean transposeB,
      int k,
      float alpha,
      MatrixBatch a,
      MatrixBatch b,
      float beta,
      MatrixBatch c);

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
    Operands.reals(a.first(), b.first(), c.first());
    if (c.count() == 0 || c.first().size() == 0) {
      return;
    }
    int k = transposeA ? a.first().rows() : a.first().columns();
    if (k > 0 && products() == Products.ROW_INVARIANT) {
      check(
          "gemmStridedBatched",
          RowInvariantProduct.multiply(
              handle(), transposeA, transposeB, k, (float) alpha, a, b, (float) beta, c));
      return;
    }
    if (k > 0) {
      multiplyBatch(transposeA, transposeB, k, (float) alpha, a, b, (float) beta, c);
      return;
    }
    for (int i = 0; i < c.count(); i++) {
      gemm(transposeA, transposeB, alpha, a.matrix(i), b.matrix(i), beta, c.matrix(i));
    }
  }

  @Override
  default void maskedSoftmaxForward(Matrix x, Matrix lengths, Matrix y) {
    begin(x, lengths, y);
    OperandChecks.maskedSoftmax(lengths, x, y);
    Operands.integers(lengths);
    Operands.reals(x, y);
    check(
        "maskedSoftmaxForward",
        AttentionKernels.maskedSoftmaxForward(
            handle(),
            x.rows(),
            x.columns(),
            address(x),
            stride(x),
            address(lengths),
            address(y),
            stride(y)));
  }

  @Override
  default void maskedSoftmaxBackward(Matrix y, Matrix lengths, Matrix dY, Matrix dX) {
    begin(y, lengths, dY, dX);
    OperandChecks.maskedSoftmax(lengths, y, dY, dX);
    Operands.integers(lengths);
    Operands.reals(y, dY, dX);
    check(
        "maskedSoftmaxBackward",
        AttentionKernels.maskedSoftmaxBackward(
            handle(),
            y.rows(),
            y.columns(),
            address(y),
            stride(y),
            address(lengths),
            address(dY),
            stride(dY),
            address(dX),
            stride(dX)));
  }
}
