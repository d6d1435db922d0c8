package io.carousel.rnn;

import io.carousel.device.Activation;
import io.carousel.device.Cell;
import io.carousel.device.Device;
import io.carousel.device.LayerWeights;
import io.carousel.device.Matrix;
import io.carousel.device.MatrixPool;
import io.carousel.device.PackedShape;
import io.carousel.device.PlanCapacity;
import io.carousel.device.Queue;
import io.carousel.device.RecurrentPlan;
import io.carousel.device.RecurrentSpec;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Runs a stack as one queue operation after the other, on any device: per layer and direction one
 * product for the inputs of all steps, then per step one product for the recurrence and one
 * element-wise operation.
 */
public final class StepwisePlan implements RecurrentPlan {
  private final RecurrentSpec spec;
  private final PlanCapacity capacity;
  private final @Nullable String whyNotFused;
  private final boolean rowInvariant;
  private final MatrixPool pool;
  private int openPasses;

  /**
   * A plan.
   *
   * @param device where it runs
   * @param spec the stack
   * @param capacity the largest batch
   * @param whyNotFused what {@link #whyNotFused} shall say
   * @throws IllegalArgumentException for a stack that it does not run, with the reason
   */
  public StepwisePlan(
      Device device, RecurrentSpec spec, PlanCapacity capacity, @Nullable String whyNotFused) {
    String reason = unsupported(device, spec);
    if (reason != null) {
      throw new IllegalArgumentException(reason);
    }
    this.spec = spec;
    this.capacity = capacity;
    this.whyNotFused = whyNotFused;
    this.rowInvariant = device.hasRowInvariantGemm();
    pool = new MatrixPool(device, "stepwise plan");
  }

  /** Why this plan does not run a stack, or null when it does. */
  public static @Nullable String unsupported(Device device, RecurrentSpec spec) {
    if (spec.peephole() || spec.coupledInputForget() || spec.cellClip() > 0) {
      return "the stepwise plan has no peepholes, coupled input-forget gates or cell clip yet";
    }
    if (spec.gateActivation() != Activation.SIGMOID) {
      return "the stepwise plan has sigmoid gates only, not " + spec.gateActivation();
    }
    if (spec.cell() != Cell.RNN && spec.activation() != Activation.TANH) {
      return spec.cell() + " has activation tanh only, not " + spec.activation();
    }
    if (!device.supports(spec.precision())) {
      return "device " + device.name() + " does not compute in " + spec.precision();
    }
    return null;
  }

  @Override
  public RecurrentSpec spec() {
    return spec;
  }

  @Override
  public PlanCapacity capacity() {
    return capacity;
  }

  @Override
  public String kernel() {
    return "stepwise";
  }

  @Override
  public @Nullable String whyNotFused() {
    return whyNotFused;
  }

  @Override
  public boolean rowInvariant() {
    return rowInvariant;
  }

  @Override
  public Pass forwardTraining(
      Queue queue,
      List<LayerWeights> weights,
      PackedShape shape,
      Matrix input,
      @Nullable Matrix h0,
      @Nullable Matrix c0,
      int draw,
      long dropoutKey,
      @Nullable Trace trace) {
    requireCapacity(shape);
    new PlanOperands(spec, shape).forward(weights, input, h0, c0);
    StackForward.Dropout dropout = new StackForward.Dropout(draw, dropoutKey);
    StackForward forward = new StackForward(queue, spec, pool, shape, true, dropout, trace);
    StepwisePass pass = new StepwisePass(this, forward, weights, input, h0, c0);
    openPasses++;
    return pass;
  }

  @Override
  public void infer(
      Queue queue,
      List<LayerWeights> weights,
      PackedShape shape,
      Matrix input,
      @Nullable Matrix h0,
      @Nullable Matrix c0,
      Matrix output,
      Matrix hN,
      @Nullable Matrix cN) {
    requireCapacity(shape);
    PlanOperands operands = new PlanOperands(spec, shape);
    operands.forward(weights, input, h0, c0);
    operands.outputs(output, hN, cN);
    StackForward forward =
        new StackForward(queue, spec, pool, shape, false, StackForward.Dropout.NONE, null);
    try {
      forward.run(weights, input, h0, c0, output, hN, cN);
      forward.release();
    } catch (RuntimeException e) {
      forward.abandon();
      throw e;
    }
  }

  private void requireCapacity(PackedShape shape) {
    if (!capacity.holds(shape)) {
      throw new IllegalArgumentException("batch " + shape + " exceeds the plan's " + capacity);
    }
  }

  void passEnded() {
    openPasses--;
  }

  @Override
  public boolean isBusy() {
    return openPasses > 0;
  }

  @Override
  public void close() {
    pool.close();
    if (openPasses > 0) {
      throw new IllegalStateException(
          openPasses + " training passes were neither run backward nor closed");
    }
  }
}
