package io.carousel.rnn;

import io.carousel.device.GruVariant;
import io.carousel.device.LayerWeights;
import io.carousel.device.Matrix;
import org.jspecify.annotations.Nullable;

/**
 * The GRU cell whose reset gate acts after the recurrent product: n = tanh(W_in x + b_in + r ∘
 * (W_hn h + b_hn)).
 */
final class GruRun extends CellRun {
  private final @Nullable Matrix bias;

  /** [Σ n_t, 3H]: h·W_hhᵀ, then its gradient. */
  private final Matrix hGates = lease(spec.gateRows());

  GruRun(Setup setup) {
    super(setup);
    if (weights.biasIh() == null || weights.biasHh() == null) {
      bias = null;
    } else {
      bias = leaseRow(4 * spec.hiddenSize());
      GruBias.pack(queue, weights.biasIh(), weights.biasHh(), bias);
    }
  }

  @Override
  void forward(int first, int n) {
    Matrix state = h.rows(0, n);
    Matrix hGatesT = hGates.rows(first, n);
    queue.gemm(false, true, 1, state, weights.weightHh(), 0, hGatesT);
    queue.gruForward(
        GruVariant.STANDARD,
        gates.rows(first, n),
        hGatesT,
        bias,
        state,
        step(hPrev, first, n),
        output.rows(first, n));
  }

  @Override
  void backward(int first, int n, @Nullable Matrix dOutput, Matrix dh, @Nullable Matrix dc) {
    Matrix hGatesT = hGates.rows(first, n);
    queue.gruBackward(
        GruVariant.STANDARD,
        gates.rows(first, n),
        hGatesT,
        saved(hPrev).rows(first, n),
        dOutput,
        dh);
    queue.gemm(false, false, 1, hGatesT, weights.weightHh(), 1, dh);
  }

  @Override
  void weightGradients(LayerWeights gradients) {
    queue.gemm(true, false, 1, gates, input, 1, gradients.weightIh());
    queue.gemm(true, false, 1, hGates, saved(hPrev), 1, gradients.weightHh());
    if (gradients.biasIh() != null && gradients.biasHh() != null) {
      queue.sumRows(gates, 1, gradients.biasIh());
      queue.sumRows(hGates, 1, gradients.biasHh());
    }
  }
}
