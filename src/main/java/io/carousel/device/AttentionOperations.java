package io.carousel.device;

/** Products of many matrices at once, and softmax over the valid part of rows: attention. */
public interface AttentionOperations {
  /**
   * c_b ← alpha · op(a_b) · op(b_b) + beta · c_b for every matrix of the batches, where op
   * transposes on request. With {@code beta == 0} the old contents of c do not matter, not even
   * NaN. Operands are of the real type, and so are the sums.
   *
   * @param transposeA whether op(a) = aᵀ
   * @param transposeB whether op(b) = bᵀ
   * @param alpha factor of the products
   * @param a matrices [m, k], or [k, m] when transposed; read
   * @param b as many matrices [k, n], or [n, k] when transposed; read
   * @param beta factor of the old c
   * @param c as many matrices [m, n], which must not overlap; overwritten
   */
  void gemmStridedBatched(
      boolean transposeA,
      boolean transposeB,
      double alpha,
      MatrixBatch a,
      MatrixBatch b,
      double beta,
      MatrixBatch c);

  /**
   * y_rc ← exp x_rc / Σ_j exp x_rj, j and c below lengths[r]; 0 in the other columns, in all where
   * the length is 0.
   *
   * @param x [rows, columns]; read; anything past the lengths, NaN too
   * @param lengths [1, rows] integers in 0..columns, checked by the host beforehand; read
   * @param y [rows, columns]; overwritten; may be x
   */
  void maskedSoftmaxForward(Matrix x, Matrix lengths, Matrix y);

  /**
   * dX_rc ← y_rc (dY_rc - Σ_j y_rj dY_rj), j and c below lengths[r]; 0 in the other columns.
   *
   * @param y [rows, columns], what forward gave; read
   * @param lengths as in forward
   * @param dY [rows, columns]; read; anything past the lengths, NaN too
   * @param dX [rows, columns]; overwritten; may be dY or y
   */
  void maskedSoftmaxBackward(Matrix y, Matrix lengths, Matrix dY, Matrix dX);
}
