package io.carousel.device;

import org.jspecify.annotations.Nullable;

/**
 * The element-wise part of one time step of each cell, for n rows. A plan keeps running states: h
 * [N, R] and c [N, H] of all sequences; step t works on their first n = n_t rows. Forward
 * operations save the old states for backward (where a place is given) before they overwrite them.
 * Running gradients dh and dc are kept in the same way: rows past n pass through untouched, which
 * is what sequences of unequal length need in both directions.
 */
public interface CellOperations {
  /**
   * a ← f(gates + bias); hPrev ← h; h ← a; output ← a; gates ← a.
   *
   * @param f tanh or ReLU
   * @param gates [n, H] x·W_ihᵀ + h·W_hhᵀ; overwritten by the activation, which backward needs
   * @param bias [1, H], null for none
   * @param h [n, H] running state; read and overwritten
   * @param hPrev [n, H] receives the old h; null in inference
   * @param output [n, H], any stride; overwritten
   */
  void rnnForward(
      Activation f,
      Matrix gates,
      @Nullable Matrix bias,
      Matrix h,
      @Nullable Matrix hPrev,
      Matrix output);

  /**
   * gates ← f′ ∘ (dh + dOutput).
   *
   * @param gates [n, H] activations saved by forward; overwritten by the gradient before activation
   * @param dOutput [n, H], any stride, null for none; read
   * @param dh [n, H] running gradient; read (the caller overwrites it by gates · W_hh)
   */
  void rnnBackward(Activation f, Matrix gates, @Nullable Matrix dOutput, Matrix dh);

  /**
   * i, f, o ← σ, g ← tanh of gates + bias; cPrev ← c; c ← f∘c + i∘g; output ← o∘tanh(c); and, where
   * h is given, hPrev ← h; h ← output.
   *
   * @param gates [n, 4H] blocks i, f, g, o: x·W_ihᵀ + h·W_hhᵀ; overwritten by the activations
   * @param bias [1, 4H], null for none
   * @param c [n, H] running cell state; read and overwritten
   * @param cPrev [n, H] receives the old c; null in inference
   * @param h [n, H] running state; read and overwritten; null where a projection follows
   * @param hPrev [n, H] receives the old h; null in inference and where a projection follows
   * @param output [n, H], any stride; overwritten
   */
  void lstmForward(
      Matrix gates,
      @Nullable Matrix bias,
      Matrix c,
      @Nullable Matrix cPrev,
      @Nullable Matrix h,
      @Nullable Matrix hPrev,
      Matrix output);

  /**
   * With c = f∘cPrev + i∘g recomputed and dH = dh + dOutput: dc ← (dc + dH∘o∘(1 - tanh²c))∘f, and
   * the gates are overwritten by their gradients before activation.
   *
   * @param gates [n, 4H] activations saved by forward; overwritten
   * @param cPrev [n, H]; read
   * @param dOutput [n, H], any stride, null for none; read
   * @param dh [n, H] running gradient, null for none; read
   * @param dc [n, H] running gradient; read and overwritten
   */
  void lstmBackward(
      Matrix gates, Matrix cPrev, @Nullable Matrix dOutput, @Nullable Matrix dh, Matrix dc);

  /**
   * Reset after: r, z ← σ(x + u + b) of their blocks; un ← un + b_hn; n ← tanh(xn + b_in + r∘un);
   * hPrev ← h; h ← (1-z)∘n + z∘h; output ← h.
   *
   * @param xGates [n, 3H] blocks r, z, n: x·W_ihᵀ; overwritten by r, z, n
   * @param hGates [n, 3H] h·W_hhᵀ; its n block is overwritten by un, which backward needs
   * @param bias [1, 4H] blocks b_ir+b_hr, b_iz+b_hz, b_in, b_hn; null for none
   * @param h [n, H] running state; read and overwritten
   * @param hPrev [n, H] receives the old h; null in inference
   * @param output [n, H], any stride; overwritten
   */
  void gruForward(
      Matrix xGates,
      Matrix hGates,
      @Nullable Matrix bias,
      Matrix h,
      @Nullable Matrix hPrev,
      Matrix output);

  /**
   * With dH = dh + dOutput: xGates and hGates are overwritten by the gradients of x·W_ihᵀ and
   * h·W_hhᵀ; dh ← dH∘z (the caller adds hGates · W_hh).
   *
   * @param xGates [n, 3H] r, z, n saved by forward; overwritten
   * @param hGates [n, 3H] with un saved by forward; overwritten
   * @param hPrev [n, H]; read
   * @param dOutput [n, H], any stride, null for none; read
   * @param dh [n, H] running gradient; read and overwritten
   */
  void gruBackward(Matrix xGates, Matrix hGates, Matrix hPrev, @Nullable Matrix dOutput, Matrix dh);

  /**
   * Reset before, first half: r, z ← σ(gates + bias); resetH ← r∘h.
   *
   * @param gates [n, 3H] whose blocks r and z hold x·W_ihᵀ + h·W_hhᵀ; these two are overwritten
   * @param bias [1, 4H] as for {@link #gruForward}; null for none
   * @param h [n, H] running state; read
   * @param resetH [n, H]; overwritten
   */
  void gruResetForward(Matrix gates, @Nullable Matrix bias, Matrix h, Matrix resetH);

  /**
   * Reset before, second half: n ← tanh(gates + b_in + b_hn); hPrev ← h; h ← (1-z)∘n + z∘h; output
   * ← h.
   *
   * @param gates [n, 3H] r, z and, in the n block, x·W_inᵀ + resetH·W_hnᵀ, which is overwritten by
   *     n
   * @param bias [1, 4H]; null for none
   * @param h [n, H] running state; read and overwritten
   * @param hPrev [n, H] receives the old h; null in inference
   * @param output [n, H], any stride; overwritten
   */
  void gruCandidateForward(
      Matrix gates, @Nullable Matrix bias, Matrix h, @Nullable Matrix hPrev, Matrix output);

  /**
   * Reset before, backward of the second half. With dH = dh + dOutput: the z and n blocks are
   * overwritten by their gradients before activation; dh ← dH∘z.
   *
   * @param gates [n, 3H] r, z, n; z and n overwritten
   * @param hPrev [n, H]; read
   * @param dOutput [n, H], any stride, null for none; read
   * @param dh [n, H] running gradient; read and overwritten
   */
  void gruCandidateBackward(Matrix gates, Matrix hPrev, @Nullable Matrix dOutput, Matrix dh);

  /**
   * Reset before, backward of the first half: dh ← dh + dResetH∘r; the r block is overwritten by
   * its gradient before activation, dResetH∘hPrev∘r∘(1-r).
   *
   * @param gates [n, 3H] whose r block is read and overwritten
   * @param dResetH [n, H] gradient of resetH; read
   * @param hPrev [n, H]; read
   * @param dh [n, H] running gradient; accumulated
   */
  void gruResetBackward(Matrix gates, Matrix dResetH, Matrix hPrev, Matrix dh);
}
