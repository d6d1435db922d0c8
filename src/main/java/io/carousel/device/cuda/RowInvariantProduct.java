package io.carousel.device.cuda;

import io.carousel.device.Matrix;
import io.carousel.device.MatrixBatch;
import io.carousel.device.cuda.CudaStream.Factor;

/** Products by our own kernel, whose rows depend on no other row; operands were checked before. */
final class RowInvariantProduct {
  private RowInvariantProduct() {}

  /** Enqueues c ← alpha · op(a) · op(b) + beta · c; the status. */
  static int multiply(
      long stream,
      boolean transposeA,
      boolean transposeB,
      int k,
      float alpha,
      Matrix a,
      Matrix b,
      float beta,
      Matrix c) {
    return multiply(
        stream,
        transposeA,
        transposeB,
        k,
        alpha,
        new MatrixBatch(a, 1, 0),
        new MatrixBatch(b, 1, 0),
        beta,
        new MatrixBatch(c, 1, 0));
  }

  /** The same for every matrix of the batches. */
  static int multiply(
      long stream,
      boolean transposeA,
      boolean transposeB,
      int k,
      float alpha,
      MatrixBatch a,
      MatrixBatch b,
      float beta,
      MatrixBatch c) {
    Factor x = Factor.of(a);
    Factor y = Factor.of(b);
    Factor z = Factor.of(c);
    return ProductKernels.rowInvariantProduct(
        stream,
        Codes.of(Operands.type(a.first())),
        Codes.of(Operands.type(c.first())),
        c.count(),
        transposeA,
        transposeB,
        c.first().rows(),
        c.first().columns(),
        k,
        alpha,
        x.address(),
        x.stride(),
        x.distance(),
        y.address(),
        y.stride(),
        y.distance(),
        beta,
        z.address(),
        z.stride(),
        z.distance());
  }
}
