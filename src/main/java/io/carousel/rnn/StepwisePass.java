package io.carousel.rnn;

import io.carousel.device.LayerWeights;
import io.carousel.device.Matrix;
import io.carousel.device.PackedShape;
import io.carousel.device.PassGradients;
import io.carousel.device.Queue;
import io.carousel.device.RecurrentPlan;
import io.carousel.device.StackWeights;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** An open training pass of a {@link StepwisePlan}. */
final class StepwisePass implements RecurrentPlan.Pass {
  /** How a pass does its work: operation by operation, or as a recording. */
  interface Execution {
    TrainingWork work();

    void backward(PassGradients gradients);

    /** The pass is over, with or without backward. */
    void end();
  }

  private final StepwisePlan plan;
  private final Queue queue;
  private final StackWeights weights;
  private final PackedShape shape;
  private final Execution execution;
  private boolean consumed;

  StepwisePass(
      StepwisePlan plan,
      Queue queue,
      StackWeights weights,
      PackedShape shape,
      Execution execution) {
    this.plan = plan;
    this.queue = queue;
    this.weights = weights;
    this.shape = shape;
    this.execution = execution;
  }

  @Override
  public Matrix output() {
    return work().output;
  }

  @Override
  public Matrix hN() {
    return work().hN;
  }

  @Override
  public @Nullable Matrix cN() {
    return work().cN;
  }

  private TrainingWork work() {
    if (consumed) {
      throw new IllegalStateException("this pass was consumed: backward ends it, once");
    }
    return execution.work();
  }

  @Override
  public void backward(
      @Nullable Matrix dOutput,
      @Nullable Matrix dHn,
      @Nullable Matrix dCn,
      List<LayerWeights> gradients,
      @Nullable Matrix dInput,
      @Nullable Matrix dH0,
      @Nullable Matrix dC0) {
    work();
    PassGradients operands = new PassGradients(dOutput, dHn, dCn, gradients, dInput, dH0, dC0);
    plan.operands().backward(shape, operands);
    try {
      plan.factorsOf(queue, weights); // others may have run since this pass ran forward
      execution.backward(operands);
    } finally {
      close();
    }
  }

  @Override
  public void close() {
    if (!consumed) {
      consumed = true;
      execution.end();
      plan.passEnded();
    }
  }
}
