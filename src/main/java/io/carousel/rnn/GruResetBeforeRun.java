package io.carousel.rnn;

import io.carousel.device.GruVariant;
import io.carousel.device.LayerWeights;
import io.carousel.device.Matrix;
import org.jspecify.annotations.Nullable;

/**
 * The GRU cell whose reset gate acts before the recurrent product (Cho et al. 2014): n = tanh(W_in
 * x + b_in + W_hn (r ∘ h) + b_hn). Two recurrent products a step.
 */
final class GruResetBeforeRun extends CellRun {
  private final int units = spec.hiddenSize();
  private final Matrix weightGates = weights.weightHh().rows(0, 2 * units);
  private final Matrix weightCandidate = weights.weightHh().rows(2 * units, units);
  private final @Nullable Matrix bias;

  /** [Σ n_t, H]: r ∘ h. */
  private final Matrix resetH = lease(units);

  private final @Nullable Matrix dResetH = training ? lease(units) : null;

  GruResetBeforeRun(Setup setup) {
    super(setup);
    if (weights.biasIh() == null || weights.biasHh() == null) {
      bias = null;
    } else {
      bias = leaseRow(4 * units);
      GruBias.pack(queue, weights.biasIh(), weights.biasHh(), bias);
    }
  }

  @Override
  void forward(int first, int n) {
    Matrix gatesT = gates.rows(first, n);
    Matrix state = h.rows(0, n);
    Matrix resetT = resetH.rows(first, n);
    queue.gemm(false, true, 1, state, weightGates, 1, gatesT.columns(0, 2 * units));
    queue.gruResetForward(GruVariant.STANDARD, gatesT, bias, state, resetT);
    queue.gemm(false, true, 1, resetT, weightCandidate, 1, gatesT.columns(2 * units, units));
    queue.gruCandidateForward(
        GruVariant.STANDARD, gatesT, bias, state, step(hPrev, first, n), output.rows(first, n));
  }

  @Override
  void backward(int first, int n, @Nullable Matrix dOutput, Matrix dh, @Nullable Matrix dc) {
    Matrix gatesT = gates.rows(first, n);
    Matrix hPrevT = saved(hPrev).rows(first, n);
    Matrix dResetT = saved(dResetH).rows(first, n);
    queue.gruCandidateBackward(GruVariant.STANDARD, gatesT, hPrevT, dOutput, dh);
    queue.gemm(false, false, 1, gatesT.columns(2 * units, units), weightCandidate, 0, dResetT);
    queue.gruResetBackward(GruVariant.STANDARD, gatesT, dResetT, hPrevT, dh);
    queue.gemm(false, false, 1, gatesT.columns(0, 2 * units), weightGates, 1, dh);
  }

  @Override
  void weightGradients(LayerWeights gradients) {
    queue.gemm(true, false, 1, gates, input, 1, gradients.weightIh());
    Matrix dWeight = gradients.weightHh();
    queue.gemm(
        true, false, 1, gates.columns(0, 2 * units), saved(hPrev), 1, dWeight.rows(0, 2 * units));
    queue.gemm(
        true, false, 1, gates.columns(2 * units, units), resetH, 1, dWeight.rows(2 * units, units));
    if (gradients.biasIh() != null && gradients.biasHh() != null) {
      queue.sumRows(gates, 1, gradients.biasIh());
      queue.sumRows(gates, 1, gradients.biasHh());
    }
  }
}
