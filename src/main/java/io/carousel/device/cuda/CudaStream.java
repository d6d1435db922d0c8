package io.carousel.device.cuda;

import io.carousel.device.ElementType;
import io.carousel.device.MatrixBatch;
import io.carousel.device.Precision;

/** A stream: work in order, and asynchronous to the host. Closing waits for the work. */
interface CudaStream extends AutoCloseable {
  /** Number of marks. */
  int MARKS = 4;

  /** The stream's handle for the kernel library. */
  long handle();

  /** Blocks until all enqueued work has ended; throws what it failed with. */
  void synchronize();

  /** Work enqueued from now on starts after all that {@code other} was given so far. */
  void await(CudaStream other);

  /** Marks the work enqueued so far under a small number, 0 to {@value #MARKS} - 1. */
  void mark(int number);

  /** Blocks until the work before a mark has ended; returns at once when it was never set. */
  void awaitMark(int number);

  /**
   * Enqueues a copy of {@code rows} rows of {@code bytes} bytes each. Host memory is pinned and
   * must not be touched before the copy has ended.
   *
   * @param to device or pinned host address
   * @param toPitch bytes from one row to the next
   * @param from device or pinned host address
   * @param fromPitch bytes from one row to the next
   */
  void copy(long to, long toPitch, long from, long fromPitch, long bytes, long rows);

  /**
   * Enqueues c ← alpha · op(a) · op(b) + beta · c on row-major matrices. a and b are of one type, c
   * is F32 or of that type; sums are formed in float. {@code TF32} lets F32 products be rounded to
   * TF32, {@code FP32} does not.
   *
   * @param m rows of c
   * @param n columns of c
   * @param k inner dimension; strides are in elements
   */
  void gemm(
      Precision precision,
      boolean transposeA,
      boolean transposeB,
      int m,
      int n,
      int k,
      float alpha,
      ElementType operandType,
      long a,
      long strideA,
      long b,
      long strideB,
      float beta,
      ElementType resultType,
      long c,
      long strideC);

  /** F32 matrices of a batch: address of the first, from row to row and from matrix to matrix. */
  record Factor(long address, long stride, long distance) {
    static Factor of(MatrixBatch batch) {
      // of a single row the stride may be anything
      int stride = Math.max(batch.first().stride(), batch.first().columns());
      return new Factor(Operands.address(batch.first()), stride, batch.distance());
    }
  }

  /**
   * Enqueues c_b ← alpha · op(a_b) · op(b_b) + beta · c_b on {@code count} row-major F32 matrices.
   *
   * @param m rows of each c
   * @param n columns of each c
   * @param k inner dimension
   */
  void gemmStridedBatched(
      int count,
      boolean transposeA,
      boolean transposeB,
      int m,
      int n,
      int k,
      float alpha,
      Factor a,
      Factor b,
      float beta,
      Factor c);

  @Override
  void close();
}
