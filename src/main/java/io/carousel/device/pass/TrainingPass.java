package io.carousel.device.pass;

import io.carousel.device.CloseAll;
import io.carousel.device.LayerWeights;
import io.carousel.device.Matrix;
import io.carousel.device.PackedShape;
import io.carousel.device.PassGradients;
import io.carousel.device.Queue;
import io.carousel.device.RecurrentPlan;
import io.carousel.device.StackWeights;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** An open training pass. */
final class TrainingPass implements RecurrentPlan.Pass {
  /** How a pass does its work: operation by operation, or as a recording. */
  interface Execution {
    TrainingWork work();

    void backward(PassGradients gradients);

    /** The pass is over, with or without backward. */
    void end();
  }

  private final TrainingPasses passes;
  private final Queue queue;
  private final StackWeights weights;
  private final PackedShape shape;
  private final Matrix input;
  private final Execution execution;
  private boolean consumed;

  /**
   * A pass that has run forward.
   *
   * @param input the caller's
   */
  TrainingPass(
      TrainingPasses passes,
      Queue queue,
      StackWeights weights,
      PackedShape shape,
      Matrix input,
      Execution execution) {
    this.passes = passes;
    this.queue = queue;
    this.weights = weights;
    this.shape = shape;
    this.input = input;
    this.execution = execution;
  }

  @Override
  public Matrix output() {
    return outputs().output();
  }

  @Override
  public Matrix hN() {
    return outputs().hN();
  }

  @Override
  public @Nullable Matrix cN() {
    return outputs().cN();
  }

  private PassOutputs outputs() {
    requireOpen();
    return execution.work().outputs();
  }

  private void requireOpen() {
    if (consumed) {
      throw new IllegalStateException("this pass was consumed: backward ends it, once");
    }
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
    requireOpen();
    PassGradients operands = new PassGradients(dOutput, dHn, dCn, gradients, dInput, dH0, dC0);
    passes.requireBackward(queue, weights, shape, input, operands);
    try {
      passes.factorsOf(queue, weights); // others may have run since this pass ran forward
      execution.backward(operands);
    } catch (RuntimeException | Error e) {
      CloseAll.after(e, List.of(this));
      passes.trim(e);
      throw e;
    }
    close();
  }

  @Override
  public void close() {
    if (!consumed) {
      consumed = true;
      passes.ended(execution);
    }
  }
}
