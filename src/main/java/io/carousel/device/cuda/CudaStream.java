package io.carousel.device.cuda;

import io.carousel.device.ElementType;
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

  @Override
  void close();
}
