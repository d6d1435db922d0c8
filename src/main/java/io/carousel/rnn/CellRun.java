package io.carousel.rnn;

import io.carousel.device.ElementType;
import io.carousel.device.LayerWeights;
import io.carousel.device.Leases;
import io.carousel.device.Matrix;
import io.carousel.device.Queue;
import io.carousel.device.RecurrentSpec;
import io.carousel.device.WeightGradients;
import org.jspecify.annotations.Nullable;

/**
 * One layer and direction of one pass: what its cell saves, its forward and backward step, its
 * weight gradients. The running state h [N, R] (and c [N, H]) lives in sorted order; step t works
 * on its first n_t rows. Gates and whatever else is a factor of products are of the device's
 * operand type (16 bits in BF16 and FP16), everything else is real.
 */
abstract class CellRun {
  final Queue queue;
  final RecurrentSpec spec;
  final LayerWeights weights;
  final Matrix input;
  final Matrix output;
  final Matrix h;
  final boolean training;
  final Leases leases; // for as long as the run lasts
  private final ElementType operand;
  private @Nullable Matrix biasGradient;

  /** [Σ n_t, G·H]: x·W_ihᵀ, then activations, then gradients before activation. */
  final Matrix gates;

  /** [Σ n_t, R]: the state that each row started from; null in inference. */
  final @Nullable Matrix hPrev;

  /**
   * What a run works on.
   *
   * @param queue of the forward and backward steps
   * @param leases for as long as the run lasts
   * @param weights factors in the operand type
   * @param input [Σ n_t, in] in the operand type
   * @param output [Σ n_t, R] real
   * @param h [N, R] running state: in the operand type, but real for a GRU, which accumulates in it
   * @param c [N, H] running cell state of an LSTM, else null
   */
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
    operand = queue.device().operandType(spec.precision());
    gates = leaseOperand(spec.gateRows());
    hPrev = training ? leaseOperand(spec.stateSize()) : null;
    product(queue, false, true, input, weights.weightIh(), 0, gates);
  }

  static CellRun of(Setup setup) {
    return switch (setup.spec.cell()) {
      case RNN -> new RnnRun(setup);
      case LSTM -> new LstmRun(setup);
      case GRU -> setup.spec.resetAfter() ? new GruRun(setup) : new GruResetBeforeRun(setup);
    };
  }

  /** Leases reals [Σ n_t, columns] for as long as the run lasts. */
  final Matrix lease(int columns) {
    return leases.lease(input.rows(), columns);
  }

  /** Leases operands [Σ n_t, columns] for as long as the run lasts. */
  final Matrix leaseOperand(int columns) {
    return leases.lease(operand, input.rows(), columns);
  }

  /** Leases operands [N, R], into which a real state is copied; null where reals are operands. */
  final @Nullable Matrix leaseOperandOfState() {
    return isReal() ? null : leases.lease(operand, h.rows(), h.columns());
  }

  /** Whether the operands of products are reals. */
  final boolean isReal() {
    return operand == queue.device().realType();
  }

  /** A real matrix as an operand: itself, or its copy in the place given for it. */
  final Matrix asOperand(Matrix real, @Nullable Matrix place) {
    if (place == null) {
      return real;
    }
    queue.copy(real, place);
    return place;
  }

  /** c ← op(a) · op(b) + beta · c in the precision of the stack. */
  final void product(
      Queue on, boolean transposeA, boolean transposeB, Matrix a, Matrix b, double beta, Matrix c) {
    on.gemm(spec.precision(), transposeA, transposeB, 1, a, b, beta, c);
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

  /**
   * Adds to the gradients of all weights what the packed rows [first, first + n) contribute, which
   * have run backward.
   *
   * @param on the queue for it; always the same one
   */
  void weightGradients(Queue on, LayerWeights gradients, int first, int n) {
    WeightGradients sums = new WeightGradients(on, spec.precision(), gradients);
    Matrix dGates = gates.rows(first, n);
    sums.addProducts(dGates, input.rows(first, n), dGates, saved(hPrev).rows(first, n));
    if (spec.bias()) {
      if (biasGradient == null) {
        biasGradient = leases.lease(1, spec.gateRows());
      }
      sums.addToBoth(dGates, biasGradient);
    }
  }

  /** After the last backward step: dInput ← beta · dInput + dGates · W_ih. */
  final void inputGradient(Queue on, double beta, Matrix dInput) {
    product(on, false, false, gates, weights.weightIh(), beta, dInput);
  }

  /** What was saved in training; there is nothing in inference. */
  static Matrix saved(@Nullable Matrix matrix) {
    if (matrix == null) {
      throw new IllegalStateException("nothing was saved: this run is inference");
    }
    return matrix;
  }
}
