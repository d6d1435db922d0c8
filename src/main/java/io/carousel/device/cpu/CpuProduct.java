package io.carousel.device.cpu;

import io.carousel.device.ElementwiseOperations;
import io.carousel.device.Matrix;
import io.carousel.device.OperandChecks;
import io.carousel.device.Precision;
import java.util.Arrays;

/** Matrix product: C is cut into bands of rows or of columns, each a product of the library. */
interface CpuProduct extends ElementwiseOperations, CpuOperations {
  /** The single-threaded product. */
  Gemm library();

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
    int m = c.rows();
    int n = c.columns();
    int k = transposeA ? a.rows() : a.columns();
    if (m == 0 || n == 0) {
      return;
    }
    if (k == 0) {
      scaleOrClear(beta, c);
      return;
    }
    boolean byColumns = cutsColumns(transposeB, m, n);
    workers()
        .ranges(
            byColumns ? n : m,
            16,
            2.0 * m * n * k / 50, // some 50 operations a nanosecond
            headTasks().product.of(byColumns, transposeA, transposeB, alpha, a, b, beta, c));
  }

  /**
   * Whether threads share C by columns: bands of rows are faster as long as they are not thin, but
   * each of them rearranges a transposed B as a whole (measured: docs/cpu.md).
   */
  private boolean cutsColumns(boolean transposeB, int m, int n) {
    int thin = transposeB ? n : 16 * workers().threads();
    return m < n && m < thin;
  }

  /** What remains of a product without terms: c ← beta · c. */
  private void scaleOrClear(double beta, Matrix c) {
    workers()
        .tiles(
            c.rows(),
            c.columns(),
            0.5,
            t -> {
              if (beta == 0) {
                Arrays.fill(t.lane(0), 0, t.count(), 0);
              } else {
                Loops.scale((float) beta, t.load(0, c), t.count());
              }
              t.store(t.lane(0), c);
            });
  }
}
