package io.carousel.device.cpu;

/**
 * A single-threaded product of row-major float matrices in native memory; safe to call from many
 * threads at once. It allocates nothing on the heap.
 */
interface Gemm {
  /** Name and version of the library, for people. */
  String description();

  /**
   * C ← alpha · op(A) · op(B) + beta · C, where op transposes on request. With {@code beta == 0}
   * the old contents of C do not matter, not even NaN.
   *
   * @param transposeA whether A is stored as [k, m]
   * @param transposeB whether B is stored as [n, k]
   * @param m rows of C, positive
   * @param n columns of C, positive
   * @param k terms of a sum, positive
   * @param a memory of A
   * @param aStart index of A's first element
   * @param lda distance between two rows of A as it is stored
   * @param b memory of B
   * @param bStart index of B's first element
   * @param ldb distance between two rows of B as it is stored
   * @param c memory of C
   * @param cStart index of C's first element
   * @param ldc distance between two rows of C
   */
  void multiply(
      boolean transposeA,
      boolean transposeB,
      int m,
      int n,
      int k,
      float alpha,
      CpuBuffer a,
      long aStart,
      int lda,
      CpuBuffer b,
      long bStart,
      int ldb,
      float beta,
      CpuBuffer c,
      long cStart,
      int ldc);
}
