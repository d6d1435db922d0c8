package io.carousel.device.cpu;

import io.carousel.device.LayerWeights;
import io.carousel.device.Matrix;
import io.carousel.device.PassGradients;
import io.carousel.device.Queue;
import io.carousel.device.RecurrentPlan;
import io.carousel.device.RecurrentSpec;
import io.carousel.device.StackWeights;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** An open training pass of a {@link FusedPlan}. */
final class FusedPass implements RecurrentPlan.Pass {
  private final FusedPlan plan;
  private final Queue queue;
  private final StackWeights weights;
  private final FusedForward forward;
  private final Matrix input;
  private final Matrix output;
  private final Matrix hN;
  private final @Nullable Matrix cN;
  private boolean consumed;

  /** Runs forward; after a failure nothing is held. */
  FusedPass(
      FusedPlan plan,
      Queue queue,
      StackWeights weights,
      FusedForward forward,
      Matrix input,
      @Nullable Matrix h0,
      @Nullable Matrix c0,
      int draw) {
    this.plan = plan;
    this.queue = queue;
    this.weights = weights;
    this.forward = forward;
    this.input = input;
    RecurrentSpec spec = plan.spec();
    int states = spec.runs() * forward.shape.batchSize();
    try {
      output = forward.leases.lease(forward.shape.rows(), spec.outputSize());
      hN = forward.leases.lease(states, spec.hiddenSize());
      cN = spec.cell().hasCellState() ? forward.leases.lease(states, spec.hiddenSize()) : null;
      if (forward.dropout != null) {
        forward.dropout.setDraw(draw);
      }
      forward.run(input, h0, c0, output, hN, cN);
    } catch (RuntimeException e) {
      forward.leases.close();
      throw e;
    }
  }

  @Override
  public Matrix output() {
    requireOpen();
    return output;
  }

  @Override
  public Matrix hN() {
    requireOpen();
    return hN;
  }

  @Override
  public @Nullable Matrix cN() {
    requireOpen();
    return cN;
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
    plan.requireBackward(queue, forward.shape, input, operands);
    try {
      plan.packForBackward(weights);
      new FusedBackward(forward, operands).run();
    } catch (RuntimeException e) {
      close();
      plan.trim();
      throw e;
    } finally {
      close(); // gates have become gradients, also where an error ends it
    }
  }

  @Override
  public void close() {
    if (!consumed) {
      consumed = true;
      plan.passEnded(forward.leases);
    }
  }
}
