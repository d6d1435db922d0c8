package io.carousel.device.cuda;

import io.carousel.device.ElementType;
import io.carousel.device.LayerWeights;
import io.carousel.device.Leases;
import io.carousel.device.Matrix;
import io.carousel.device.Queue;
import io.carousel.device.RecurrentSpec;
import io.carousel.device.WeightGradients;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One layer and direction of one pass: what its kernels save, its two launches, its weight
 * gradients. Running states are [N, H] in sorted order. Gates and whatever else is a factor of
 * products are of the device's operand type, everything else is real.
 */
abstract class PersistentRun {
  final CudaQueue queue;
  final RecurrentSpec spec;
  final UploadedShape batch;
  final LayerWeights weights;
  final Matrix output;
  final boolean training;
  final Leases leases;
  private final int index;
  private final boolean reverse;
  final Matrix input;
  private final ElementType operand;
  private @Nullable Matrix biasGradient;

  /** [Σ n_t, G·H]: x·W_ihᵀ, then activations, then gradients before activation. */
  final Matrix gates;

  /** [Σ n_t, H]: the state that each row started from; null in inference. */
  final @Nullable Matrix hPrev;

  /**
   * What a run works on.
   *
   * @param context of the plan
   * @param queue of the launches
   * @param leases for as long as the run lasts
   * @param run k·D + d
   * @param weights of all runs, factors in the operand type
   * @param input [Σ n_t, in] in the operand type
   * @param output [Σ n_t, H] real
   */
  record Setup(
      PersistentContext context,
      CudaQueue queue,
      Leases leases,
      UploadedShape batch,
      int run,
      List<LayerWeights> weights,
      Matrix input,
      Matrix output,
      boolean training) {}

  /** Leases memory and enqueues the product of the inputs of all steps. */
  PersistentRun(Setup setup) {
    queue = setup.queue;
    spec = setup.context.spec();
    operand = setup.context.operand();
    batch = setup.batch;
    index = setup.run;
    reverse = setup.run % spec.directions() == 1;
    weights = setup.weights.get(setup.run);
    input = setup.input;
    output = setup.output;
    training = setup.training;
    leases = setup.leases;
    gates = leaseOperand(spec.gateRows());
    hPrev = training ? leaseOperand(spec.hiddenSize()) : null;
    queue.gemm(spec.precision(), false, true, 1, input, weights.weightIh(), 0, gates);
  }

  static PersistentRun of(Setup setup) {
    return switch (setup.context.spec().cell()) {
      case RNN -> new PersistentRnn(setup);
      case LSTM -> new PersistentLstm(setup);
      case GRU -> new PersistentGru(setup);
    };
  }

  /** k·D + d. */
  final int index() {
    return index;
  }

  /** Leases operands [Σ n_t, columns] for as long as the run lasts. */
  final Matrix leaseOperand(int columns) {
    return leases.lease(operand, batch.shape.rows(), columns);
  }

  /** How the kernels store and multiply factors. */
  final int operand() {
    return Codes.operand(spec.precision(), operand);
  }

  /** The type of the running h: factors of products, but in a GRU reals, which it adds to. */
  ElementType stateType() {
    return operand;
  }

  /** T. */
  final int steps() {
    return batch.shape.steps();
  }

  /** N. */
  final int batchSize() {
    return batch.shape.batchSize();
  }

  /** 1 for a run from the end. */
  final int reverse() {
    return reverse ? 1 : 0;
  }

  /** The time step at a place in the run's own order. */
  final int timeOf(int place) {
    return reverse ? steps() - 1 - place : place;
  }

  /**
   * Enqueues all steps.
   *
   * @param workspace as large as the layout says
   * @param h [N, H] initial state; overwritten by the final one
   * @param c [N, H] likewise, null where there is no cell state
   * @param cell [Σ n_t, H] receives the cell state after each step; null where nobody looks
   */
  abstract void forward(
      PersistentLayout layout,
      Matrix workspace,
      Matrix h,
      @Nullable Matrix c,
      @Nullable Matrix cell);

  /**
   * Enqueues all steps backward.
   *
   * @param workspace as large as the layout says
   * @param dOutput [Σ n_t, H] of this direction, null for zeros
   * @param dh [N, H] gradient of the final state; overwritten by that of the initial one
   * @param dc [N, H] likewise, null where there is no cell state
   * @param dhAll [Σ n_t, H] receives the whole gradient of each h; null where nobody looks
   */
  abstract void backward(
      PersistentLayout layout,
      Matrix workspace,
      @Nullable Matrix dOutput,
      Matrix dh,
      @Nullable Matrix dc,
      @Nullable Matrix dhAll);

  /** After backward: adds to the gradients of all weights. */
  void weightGradients(Queue on, LayerWeights target) {
    WeightGradients sums = new WeightGradients(on, spec.precision(), target);
    sums.addProducts(gates, input, gates, saved(hPrev));
    if (spec.bias()) {
      if (biasGradient == null) {
        biasGradient = leases.lease(1, spec.gateRows()); // kept: a recorded pass runs many times
      }
      sums.addToBoth(gates, biasGradient);
    }
  }

  /** After backward: dInput ← beta · dInput + dGates · W_ih. */
  final void inputGradient(Queue on, double beta, Matrix dInput) {
    on.gemm(spec.precision(), false, false, 1, gates, weights.weightIh(), beta, dInput);
  }

  /** What was saved in training; there is nothing in inference. */
  static Matrix saved(@Nullable Matrix matrix) {
    if (matrix == null) {
      throw new IllegalStateException("nothing was saved: this run is inference");
    }
    return matrix;
  }
}
