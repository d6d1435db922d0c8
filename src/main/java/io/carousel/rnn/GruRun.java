package io.carousel.rnn;

import io.carousel.device.CellBias;
import io.carousel.device.GruVariant;
import io.carousel.device.LayerWeights;
import io.carousel.device.Matrix;
import io.carousel.device.Queue;
import io.carousel.device.WeightGradients;
import org.jspecify.annotations.Nullable;

/**
 * The GRU cell whose reset gate acts after the recurrent product: n = tanh(W_in x + b_in + r ∘
 * (W_hn h + b_hn)).
 */
final class GruRun extends CellRun {
  private final GruVariant variant = GruVariant.of(spec);
  private final @Nullable Matrix bias = CellBias.ofGru(queue, weights, leases);
  private final @Nullable Matrix stateOperand = leaseOperandOfState();

  /** [Σ n_t, 3H]: h·W_hhᵀ, then its gradient. */
  private final Matrix hGates = leaseOperand(spec.gateRows());

  GruRun(Setup setup) {
    super(setup);
  }

  @Override
  void forward(int first, int n) {
    Matrix state = h.rows(0, n);
    Matrix hGatesT = hGates.rows(first, n);
    Matrix factor = asOperand(state, step(stateOperand, 0, n));
    product(queue, false, true, factor, weights.weightHh(), 0, hGatesT);
    Matrix hPrevT = step(hPrev, first, n);
    Matrix outputT = output.rows(first, n);
    queue.gruForward(variant, gates.rows(first, n), hGatesT, bias, state, hPrevT, outputT);
  }

  @Override
  void backward(int first, int n, @Nullable Matrix dOutput, Matrix dh, @Nullable Matrix dc) {
    Matrix hGatesT = hGates.rows(first, n);
    Matrix hPrevT = saved(hPrev).rows(first, n);
    queue.gruBackward(variant, gates.rows(first, n), hGatesT, hPrevT, dOutput, dh);
    product(queue, false, false, hGatesT, weights.weightHh(), 1, dh);
  }

  @Override
  void weightGradients(Queue on, LayerWeights gradients, int first, int n) {
    WeightGradients sums = new WeightGradients(on, spec.precision(), gradients);
    Matrix dXGates = gates.rows(first, n);
    Matrix dHGates = hGates.rows(first, n);
    sums.addProducts(dXGates, input.rows(first, n), dHGates, saved(hPrev).rows(first, n));
    sums.addToEach(dXGates, dHGates);
  }
}
