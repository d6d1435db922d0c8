package io.carousel.device;

import org.jspecify.annotations.Nullable;

/** Matrix product, sums, element-wise functions and row selection. */
public interface ElementwiseOperations {
  /**
   * {@link #gemm(Precision, boolean, boolean, double, Matrix, Matrix, double, Matrix)} of reals.
   */
  default void gemm(
      boolean transposeA,
      boolean transposeB,
      double alpha,
      Matrix a,
      Matrix b,
      double beta,
      Matrix c) {
    gemm(Precision.FP32, transposeA, transposeB, alpha, a, b, beta, c);
  }

  /**
   * c ← alpha · op(a) · op(b) + beta · c, where op transposes on request. With {@code beta == 0}
   * the old contents of c do not matter, not even NaN. Sums are formed in the device's real type.
   *
   * @param precision of the products of real operands, at least; a and b are of the real type or
   *     both of {@link Device#operandType}, c is of the real type or of a's
   * @param transposeA whether op(a) = aᵀ
   * @param transposeB whether op(b) = bᵀ
   * @param alpha factor of the product
   * @param a [m, k], or [k, m] when transposed; read
   * @param b [k, n], or [n, k] when transposed; read
   * @param beta factor of the old c
   * @param c [m, n]; overwritten
   */
  void gemm(
      Precision precision,
      boolean transposeA,
      boolean transposeB,
      double alpha,
      Matrix a,
      Matrix b,
      double beta,
      Matrix c);

  /** x[r, :] ← x[r, :] + bias, bias [1, columns]. */
  void addBias(Matrix x, Matrix bias);

  /**
   * sum ← beta · sum + Σ_r x[r, :], sum [1, columns], in a fixed order of summation; beta 0 or 1; x
   * is real or an operand, sum is real.
   */
  void sumRows(Matrix x, double beta, Matrix sum);

  /** y ← y + alpha · x, of the same shape. */
  void axpy(double alpha, Matrix x, Matrix y);

  /** x ← alpha · x. */
  void scale(double alpha, Matrix x);

  /** out ← a ∘ b, element by element; out may be a or b. */
  void multiply(Matrix a, Matrix b, Matrix out);

  /** y ← f(x); y may be x. */
  void activationForward(Activation f, Matrix x, Matrix y);

  /** dX ← dY ∘ f′, with f′ from the value y = f(x); dX may be dY. */
  void activationBackward(Activation f, Matrix y, Matrix dY, Matrix dX);

  /**
   * y ← x ∘ mask / (1 - rate), where mask is 0 with probability {@code rate}. Applied to dY with
   * the same arguments it is its own backward pass: the mask is recomputed, never stored. Element
   * (r, unit) uses lane {@code unit mod 4} of the {@link Philox} block with key {@code key} and
   * counter (unit div 4, t, row, draw), where (row, t) = rowIds[r], and is kept when {@link
   * Philox#uniform} is at least {@code rate}.
   *
   * @param rate in [0, 1)
   * @param key from {@link Philox#key}
   * @param draw [1, 1] integers on the device: the number of the draw; each training pass has its
   *     own
   * @param rowIds [2, rows] integers: the caller's row and the time step of each row of x; null
   *     means (r, 0)
   * @param x [rows, units]; read
   * @param y [rows, units]; overwritten; may be x
   */
  void dropout(double rate, long key, Matrix draw, @Nullable Matrix rowIds, Matrix x, Matrix y);

  /**
   * out[r, :] ← table[ids[r], :], or zeros where ids[r] is negative. Sorts, packs, pads and embeds.
   *
   * @param table [rows, columns]; read
   * @param ids [1, n] integers below table.rows, checked by the host beforehand; read
   * @param out [n, columns]; overwritten; converted as by {@link MemoryOperations#copy}
   */
  void gatherRows(Matrix table, Matrix ids, Matrix out);

  /**
   * table[ids[r], :] += rows[r, :] for r in ascending order (deterministic where ids repeat);
   * negative ids are passed over.
   *
   * @param rows [n, columns]; read
   * @param ids [1, n] integers; read
   * @param table accumulated
   */
  void scatterAddRows(Matrix rows, Matrix ids, Matrix table);
}
