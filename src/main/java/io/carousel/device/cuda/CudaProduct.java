package io.carousel.device.cuda;

import static io.carousel.device.cuda.Operands.address;
import static io.carousel.device.cuda.Operands.type;

import io.carousel.device.ElementType;
import io.carousel.device.ElementwiseOperations;
import io.carousel.device.Matrix;
import io.carousel.device.OperandChecks;
import io.carousel.device.Precision;
import io.carousel.device.Products;

/** Matrix product: the stream's BLAS, or our own kernel where rows must not depend on others. */
interface CudaProduct extends ElementwiseOperations, CudaOperations {
  /** Enqueues a product that has elements and terms; see {@link CudaStream#gemm}. */
  void multiply(
      Precision precision,
      boolean transposeA,
      boolean transposeB,
      int k,
      float alpha,
      Matrix a,
      Matrix b,
      float beta,
      Matrix c);

  @Override
  default void gemm(
      Precision precision,
      boolean transposeA,
      boolean transposeB,
      double alpha,
      Matrix a,
      Matrix b,
      double beta,
      Matrix c) {
    begin(a, b, c);
    OperandChecks.gemm(transposeA, transposeB, a, b, c);
    requireTypes(precision, a, b, c);
    if (c.size() == 0) {
      return;
    }
    int k = transposeA ? a.rows() : a.columns();
    if (k == 0) {
      scaleOrClear(beta, c);
    } else if (products() == Products.ROW_INVARIANT) {
      check(
          "gemm",
          RowInvariantProduct.multiply(
              handle(), transposeA, transposeB, k, (float) alpha, a, b, (float) beta, c));
    } else {
      multiply(precision, transposeA, transposeB, k, (float) alpha, a, b, (float) beta, c);
    }
  }

  private static void requireTypes(Precision precision, Matrix a, Matrix b, Matrix c) {
    if (precision == Precision.FP64) {
      throw new IllegalArgumentException("CUDA devices have no FP64 products");
    }
    Operands.numbers(a);
    if (type(b) != type(a) || (type(c) != type(a) && type(c) != ElementType.F32)) {
      throw new IllegalArgumentException(
          "gemm: a %s and b %s must be of one type, c %s of that or F32"
              .formatted(type(a), type(b), type(c)));
    }
  }

  /** What remains of a product without terms: c ← beta · c. */
  private void scaleOrClear(double beta, Matrix c) {
    if (beta == 0) {
      check(
          "gemm",
          ElementwiseKernels.fill(
              handle(),
              Codes.of(type(c)),
              c.rows(),
              c.columns(),
              0,
              address(c),
              Operands.stride(c)));
    } else if (beta != 1) {
      scale(beta, c);
    }
  }
}
