package io.carousel.device;

import org.jspecify.annotations.Nullable;

/**
 * The element-wise part of one time step of each cell, for n rows. Gates, {@code hPrev}, {@code
 * resetH}, and h of RNN and LSTM are of one type, {@link Device#operandType}; h of a GRU, which
 * accumulates, and everything else is real. A plan keeps running states: h [N, R] and c [N, H] of
 * all sequences; step t works on their first n = n_t rows. Forward operations save the old states
 * for backward (where a place is given) before they overwrite them. Running gradients dh and dc are
 * kept in the same way: rows past n pass through untouched, which is what sequences of unequal
 * length need in both directions.
 */
public interface CellOperations {
  /**
   * a ← f(gates + bias); hPrev ← h; h ← a; output ← a; gates ← a.
   *
   * @param f activation
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
   * h is given, hPrev ← h; h ← output. A variant has other functions for σ and tanh; adds p_i∘c and
   * p_f∘c before activation of i and f, p_o∘(new c) before that of o; takes i = 1 - f; bounds c.
   *
   * @param variant {@link LstmVariant#STANDARD}, or what differs from it
   * @param gates [n, 4H] blocks i, f, g, o: x·W_ihᵀ + h·W_hhᵀ; overwritten by the activations
   * @param bias [1, 4H], null for none
   * @param c [n, H] running cell state; read and overwritten
   * @param cPrev [n, H] receives the old c; null in inference
   * @param h [n, H] running state; read and overwritten; null where a projection follows
   * @param hPrev [n, H] receives the old h; null in inference and where a projection follows
   * @param output [n, H], any stride; overwritten
   */
  void lstmForward(
      LstmVariant variant,
      Matrix gates,
      @Nullable Matrix bias,
      Matrix c,
      @Nullable Matrix cPrev,
      @Nullable Matrix h,
      @Nullable Matrix hPrev,
      Matrix output);

  /**
   * With c = f∘cPrev + i∘g recomputed (and bounded) and dH = dh + dOutput: the gates are
   * overwritten by their gradients before activation, where dCell = dc + dH∘o∘(1 - tanh²c) +
   * dGate_o∘p_o, 0 where c was bounded; dc ← dCell∘f + dGate_i∘p_i + dGate_f∘p_f.
   *
   * @param variant as in forward
   * @param gates [n, 4H] activations saved by forward; overwritten
   * @param cPrev [n, H]; read
   * @param dOutput [n, H], any stride, null for none; read
   * @param dh [n, H] running gradient, null for none; read
   * @param dc [n, H] running gradient; read and overwritten
   * @param cell [n, H] receives c, from which the gradient of p_o follows; null where not wanted
   */
  void lstmBackward(
      LstmVariant variant,
      Matrix gates,
      Matrix cPrev,
      @Nullable Matrix dOutput,
      @Nullable Matrix dh,
      Matrix dc,
      @Nullable Matrix cell);

  /**
   * Reset after: r, z ← σ(x + u + b) of their blocks; un ← un + b_hn; n ← tanh(xn + b_in + r∘un);
   * hPrev ← h; h ← (1-z)∘n + z∘h; output ← h.
   *
   * @param variant {@link GruVariant#STANDARD}, or other functions
   * @param xGates [n, 3H] blocks r, z, n: x·W_ihᵀ; overwritten by r, z, n
   * @param hGates [n, 3H] h·W_hhᵀ; its n block is overwritten by un, which backward needs
   * @param bias [1, 4H] blocks b_ir+b_hr, b_iz+b_hz, b_in, b_hn; null for none
   * @param h [n, H] running state; read and overwritten
   * @param hPrev [n, H] receives the old h; null in inference
   * @param output [n, H], any stride; overwritten
   */
  void gruForward(
      GruVariant variant,
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
   * @param variant {@link GruVariant#STANDARD}, or other functions
   * @param xGates [n, 3H] r, z, n saved by forward; overwritten
   * @param hGates [n, 3H] with un saved by forward; overwritten
   * @param hPrev [n, H]; read
   * @param dOutput [n, H], any stride, null for none; read
   * @param dh [n, H] running gradient; read and overwritten
   */
  void gruBackward(
      GruVariant variant,
      Matrix xGates,
      Matrix hGates,
      Matrix hPrev,
      @Nullable Matrix dOutput,
      Matrix dh);

  /**
   * Reset before, first half: r, z ← σ(gates + bias); resetH ← r∘h.
   *
   * @param variant {@link GruVariant#STANDARD}, or other functions
   * @param gates [n, 3H] whose blocks r and z hold x·W_ihᵀ + h·W_hhᵀ; these two are overwritten
   * @param bias [1, 4H] as for {@link #gruForward}; null for none
   * @param h [n, H] running state; read
   * @param resetH [n, H]; overwritten
   */
  void gruResetForward(
      GruVariant variant, Matrix gates, @Nullable Matrix bias, Matrix h, Matrix resetH);

  /**
   * Reset before, second half: n ← tanh(gates + b_in + b_hn); hPrev ← h; h ← (1-z)∘n + z∘h; output
   * ← h.
   *
   * @param variant {@link GruVariant#STANDARD}, or other functions
   * @param gates [n, 3H] r, z and, in the n block, x·W_inᵀ + resetH·W_hnᵀ, which is overwritten by
   *     n
   * @param bias [1, 4H]; null for none
   * @param h [n, H] running state; read and overwritten
   * @param hPrev [n, H] receives the old h; null in inference
   * @param output [n, H], any stride; overwritten
   */
  void gruCandidateForward(
      GruVariant variant,
      Matrix gates,
      @Nullable Matrix bias,
      Matrix h,
      @Nullable Matrix hPrev,
      Matrix output);

  /**
   * Reset before, backward of the second half. With dH = dh + dOutput: the z and n blocks are
   * overwritten by their gradients before activation; dh ← dH∘z.
   *
   * @param variant {@link GruVariant#STANDARD}, or other functions
   * @param gates [n, 3H] r, z, n; z and n overwritten
   * @param hPrev [n, H]; read
   * @param dOutput [n, H], any stride, null for none; read
   * @param dh [n, H] running gradient; read and overwritten
   */
  void gruCandidateBackward(
      GruVariant variant, Matrix gates, Matrix hPrev, @Nullable Matrix dOutput, Matrix dh);

  /**
   * Reset before, backward of the first half: dh ← dh + dResetH∘r; the r block is overwritten by
   * its gradient before activation, dResetH∘hPrev∘r∘(1-r).
   *
   * @param variant {@link GruVariant#STANDARD}, or other functions
   * @param gates [n, 3H] whose r block is read and overwritten
   * @param dResetH [n, H] gradient of resetH; read
   * @param hPrev [n, H]; read
   * @param dh [n, H] running gradient; accumulated
   */
  void gruResetBackward(GruVariant variant, Matrix gates, Matrix dResetH, Matrix hPrev, Matrix dh);
}
