package io.carousel.device.cuda;

import io.carousel.device.LayerWeights;
import io.carousel.device.Leases;
import io.carousel.device.Matrix;
import io.carousel.device.PassGradients;
import io.carousel.device.RecurrentPlan;
import io.carousel.device.StackWeights;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** An open training pass of a {@link PersistentPlan}. */
final class PersistentPass implements RecurrentPlan.Pass {
  private final PersistentPlan plan;
  private final PersistentForward forward;
  private final StackWeights weights;
  private final PersistentForward.Operands operands;
  private boolean consumed;

  /** A pass that has run forward. */
  PersistentPass(
      PersistentPlan plan,
      PersistentForward forward,
      StackWeights weights,
      PersistentForward.Operands operands) {
    this.plan = plan;
    this.forward = forward;
    this.weights = weights;
    this.operands = operands;
  }

  @Override
  public Matrix output() {
    requireOpen();
    return operands.output();
  }

  @Override
  public Matrix hN() {
    requireOpen();
    return operands.hN();
  }

  @Override
  public @Nullable Matrix cN() {
    requireOpen();
    return operands.cN();
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
    PassGradients targets = new PassGradients(dOutput, dHn, dCn, gradients, dInput, dH0, dC0);
    plan.requireBackward(forward.queue, forward.batch.shape, operands.input(), targets);
    try (Leases scratch = new Leases(forward.context.pool())) {
      plan.factorsOf(forward.queue, weights); // others may have run since this pass ran forward
      new PersistentBackward(forward, targets, scratch).run();
    } catch (RuntimeException e) {
      forward.abandon(e);
      plan.trim();
      throw e;
    } finally {
      close();
    }
  }

  @Override
  public void close() {
    if (!consumed) {
      consumed = true;
      plan.passEnded(forward);
    }
  }
}
