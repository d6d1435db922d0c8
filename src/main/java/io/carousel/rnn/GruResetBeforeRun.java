package io.carousel.rnn;

import io.carousel.device.CellBias;
import io.carousel.device.GruVariant;
import io.carousel.device.LayerWeights;
import io.carousel.device.Matrix;
import io.carousel.device.Queue;
import org.jspecify.annotations.Nullable;

/**
 * The GRU cell whose reset gate acts before the recurrent product (Cho et al. 2014): n = tanh(W_in
 * x + b_in + W_hn (r ∘ h) + b_hn). Two recurrent products a step.
 */
final class GruResetBeforeRun extends CellRun {
  private final GruVariant variant = GruVariant.of(spec);
  private final int units = spec.hiddenSize();
  private final Matrix weightGates = weights.weightHh().rows(0, 2 * units);
  private final Matrix weightCandidate = weights.weightHh().rows(2 * units, units);
  private final @Nullable Matrix bias = CellBias.ofGru(queue, weights, leases);
  private final @Nullable Matrix stateOperand = leaseOperandOfState();

  /** [Σ n_t, H]: r ∘ h. */
  private final Matrix resetH = leaseOperand(units);

  private final @Nullable Matrix dResetH = training ? lease(units) : null;

  GruResetBeforeRun(Setup setup) {
    super(setup);
  }

  @Override
  void forward(int first, int n) {
    Matrix gatesT = gates.rows(first, n);
    Matrix state = h.rows(0, n);
    Matrix resetT = resetH.rows(first, n);
    Matrix factor = asOperand(state, step(stateOperand, 0, n));
    product(queue, false, true, factor, weightGates, 1, gatesT.columns(0, 2 * units));
    queue.gruResetForward(variant, gatesT, bias, state, resetT);
    product(queue, false, true, resetT, weightCandidate, 1, gatesT.columns(2 * units, units));
    Matrix hPrevT = step(hPrev, first, n);
    queue.gruCandidateForward(variant, gatesT, bias, state, hPrevT, output.rows(first, n));
  }

  @Override
  void backward(int first, int n, @Nullable Matrix dOutput, Matrix dh, @Nullable Matrix dc) {
    Matrix gatesT = gates.rows(first, n);
    Matrix hPrevT = saved(hPrev).rows(first, n);
    Matrix dResetT = saved(dResetH).rows(first, n);
    queue.gruCandidateBackward(variant, gatesT, hPrevT, dOutput, dh);
    Matrix dCandidate = gatesT.columns(2 * units, units);
    product(queue, false, false, dCandidate, weightCandidate, 0, dResetT);
    queue.gruResetBackward(variant, gatesT, dResetT, hPrevT, dh);
    product(queue, false, false, gatesT.columns(0, 2 * units), weightGates, 1, dh);
  }

  @Override
  void weightGradients(Queue on, LayerWeights gradients, int first, int n) {
    Matrix dGates = gates.rows(first, n);
    product(on, true, false, dGates, input.rows(first, n), 1, gradients.weightIh());
    Matrix dGateBlocks = dGates.columns(0, 2 * units);
    Matrix dWeightGates = gradients.weightHh().rows(0, 2 * units);
    product(on, true, false, dGateBlocks, saved(hPrev).rows(first, n), 1, dWeightGates);
    Matrix dCandidate = dGates.columns(2 * units, units);
    Matrix dWeightCandidate = gradients.weightHh().rows(2 * units, units);
    product(on, true, false, dCandidate, resetH.rows(first, n), 1, dWeightCandidate);
    if (gradients.biasIh() != null && gradients.biasHh() != null) {
      on.sumRows(dGates, 1, gradients.biasIh());
      on.sumRows(dGates, 1, gradients.biasHh());
    }
  }
}
