package io.carousel.rnn;

import io.carousel.device.LayerWeights;
import io.carousel.device.Matrix;
import io.carousel.device.Queue;
import io.carousel.device.RecurrentSpec;
import org.jspecify.annotations.Nullable;

/**
 * One layer and direction of one pass: what its cell saves, its forward and backward step, its
 * weight gradients. The running state h [N, R] (and c [N, H]) lives in sorted order; step t works
 * on its first n_t rows.
 */
abstract class CellRun {
  final Queue queue;
  final RecurrentSpec spec;
  final LayerWeights weights;
  final Matrix input;
  final Matrix output;
  final Matrix h;
  final boolean training;
  private final Leases leases;

  /** [Σ n_t, G·H]: x·W_ihᵀ, then activations, then gradients before activation. */
  final Matrix gates;

  /** [Σ n_t, R]: the state that each row started from; null in inference. */
  final @Nullable Matrix hPrev;

  /** What a run works on. */
  record Setup(
      Queue queue,
      Leases leases,
      RecurrentSpec spec,
      LayerWeights weights,
      Matrix input,
      Matrix output,
      Matrix h,
      @Nullable Matrix c,
      boolean training) {}

  CellRun(Setup setup) {
    queue = setup.queue;
    spec = setup.spec;
    weights = setup.weights;
    input = setup.input;
    output = setup.output;
    h = setup.h;
    training = setup.training;
    leases = setup.leases;
    gates = lease(spec.gateRows());
    hPrev = training ? lease(spec.stateSize()) : null;
    queue.gemm(false, true, 1, input, weights.weightIh(), 0, gates);
  }

  static CellRun of(Setup setup) {
    return switch (setup.spec.cell()) {
      case RNN -> new RnnRun(setup);
      case LSTM -> new LstmRun(setup);
      case GRU -> setup.spec.resetAfter() ? new GruRun(setup) : new GruResetBeforeRun(setup);
    };
  }

  /** Leases [Σ n_t, columns] for as long as the run lasts. */
  final Matrix lease(int columns) {
    return leases.lease(input.rows(), columns);
  }

  final Matrix leaseRow(int columns) {
    return leases.lease(1, columns);
  }

  /** b_ih + b_hh, for cells in which only the sum counts; null without biases. */
  final @Nullable Matrix summedBias() {
    if (weights.biasIh() == null || weights.biasHh() == null) {
      return null;
    }
    Matrix bias = leaseRow(spec.gateRows());
    queue.copy(weights.biasIh(), bias);
    queue.axpy(1, weights.biasHh(), bias);
    return bias;
  }

  /** The rows of one step, null where there is no matrix. */
  static @Nullable Matrix step(@Nullable Matrix matrix, int first, int n) {
    return matrix == null ? null : matrix.rows(first, n);
  }

  /** Runs the step whose packed rows are [first, first + n). */
  abstract void forward(int first, int n);

  /**
   * Runs that step backward.
   *
   * @param dOutput [n, R] of this direction, null for zeros
   * @param dh [n, R] running gradient; overwritten by that of the state before
   * @param dc [n, H] likewise, null where there is no cell state
   */
  abstract void backward(
      int first, int n, @Nullable Matrix dOutput, Matrix dh, @Nullable Matrix dc);

  /** After the last backward step: adds the gradients of all weights. */
  void weightGradients(LayerWeights gradients) {
    queue.gemm(true, false, 1, gates, input, 1, gradients.weightIh());
    queue.gemm(true, false, 1, gates, saved(hPrev), 1, gradients.weightHh());
    if (gradients.biasIh() != null && gradients.biasHh() != null) {
      Matrix sum = leaseRow(spec.gateRows());
      queue.sumRows(gates, 0, sum);
      queue.axpy(1, sum, gradients.biasIh());
      queue.axpy(1, sum, gradients.biasHh());
    }
  }

  /** After the last backward step: dInput ← beta · dInput + dGates · W_ih. */
  final void inputGradient(double beta, Matrix dInput) {
    queue.gemm(false, false, 1, gates, weights.weightIh(), beta, dInput);
  }

  /** What was saved in training; there is nothing in inference. */
  static Matrix saved(@Nullable Matrix matrix) {
    if (matrix == null) {
      throw new IllegalStateException("nothing was saved: this run is inference");
    }
    return matrix;
  }
}
