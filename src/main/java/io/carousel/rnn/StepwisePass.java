package io.carousel.rnn;

import io.carousel.device.LayerWeights;
import io.carousel.device.Matrix;
import io.carousel.device.PackedShape;
import io.carousel.device.Queue;
import io.carousel.device.RecurrentPlan;
import io.carousel.device.RecurrentSpec;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** An open training pass of a {@link StepwisePlan}: back-propagation through time. */
final class StepwisePass implements RecurrentPlan.Pass {
  private final StepwisePlan plan;
  private final StackForward forward;
  private final Queue queue;
  private final RecurrentSpec spec;
  private final PackedShape shape;
  private final Matrix output;
  private final Matrix hN;
  private final @Nullable Matrix cN;
  private boolean consumed;

  StepwisePass(
      StepwisePlan plan,
      StackForward forward,
      List<LayerWeights> weights,
      Matrix input,
      @Nullable Matrix h0,
      @Nullable Matrix c0) {
    this.plan = plan;
    this.forward = forward;
    queue = forward.queue;
    spec = forward.spec;
    shape = forward.shape;
    int states = spec.runs() * shape.batchSize();
    try {
      output = forward.leases.lease(shape.rows(), spec.outputSize());
      hN = forward.leases.lease(states, spec.stateSize());
      cN = spec.cell().hasCellState() ? forward.leases.lease(states, spec.hiddenSize()) : null;
      forward.run(weights, input, h0, c0, output, hN, cN);
    } catch (RuntimeException e) {
      forward.abandon();
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
    new PlanOperands(spec, shape).backward(dOutput, dHn, dCn, gradients, dInput, dH0, dC0);
    try (Leases scratch = new Leases(forward.pool)) {
      Matrix dLayerOutput = dOutput;
      for (int layer = spec.numLayers() - 1; layer >= 0; layer--) {
        Matrix dLayerInput = layer == 0 ? dInput : scratch.lease(shape.rows(), spec.outputSize());
        for (int d = 0; d < spec.directions(); d++) {
          int run = layer * spec.directions() + d;
          Matrix dRunOutput =
              dLayerOutput == null
                  ? null
                  : dLayerOutput.columns(d * spec.stateSize(), spec.stateSize());
          backwardThroughTime(run, dRunOutput, dHn, dCn, dH0, dC0);
          CellRun cellRun = forward.runs.get(run);
          cellRun.weightGradients(gradients.get(run));
          if (dLayerInput != null) {
            cellRun.inputGradient(d == 0 ? 0 : 1, dLayerInput);
          }
        }
        if (layer > 0 && dLayerInput != null) {
          forward.dropout(layer - 1, dLayerInput);
        }
        dLayerOutput = dLayerInput;
      }
    } finally {
      close();
    }
  }

  private void backwardThroughTime(
      int run,
      @Nullable Matrix dOutput,
      @Nullable Matrix dHn,
      @Nullable Matrix dCn,
      @Nullable Matrix dH0,
      @Nullable Matrix dC0) {
    CellRun cellRun = forward.runs.get(run);
    try (Leases scratch = new Leases(forward.pool)) {
      Matrix dh = scratch.lease(shape.batchSize(), spec.stateSize());
      Matrix dc = cN == null ? null : scratch.lease(shape.batchSize(), spec.hiddenSize());
      forward.rowOrder.sort(dHn == null ? null : forward.statesOf(run, dHn), dh);
      if (dc != null) {
        forward.rowOrder.sort(dCn == null ? null : forward.statesOf(run, dCn), dc);
      }
      for (int step = shape.steps() - 1; step >= 0; step--) {
        int t = forward.timeOf(run, step);
        int first = shape.stepOffset(t);
        int n = shape.stepRows(t);
        Matrix dOutputT = dOutput == null ? null : dOutput.rows(first, n);
        Matrix dhT = dh.rows(0, n);
        trace(run, t, dhT, dOutputT);
        cellRun.backward(first, n, dOutputT, dhT, dc == null ? null : dc.rows(0, n));
      }
      if (dH0 != null) {
        forward.rowOrder.restore(dh, forward.statesOf(run, dH0));
      }
      if (dc != null && dC0 != null) {
        forward.rowOrder.restore(dc, forward.statesOf(run, dC0));
      }
    }
  }

  private void trace(int run, int t, Matrix dh, @Nullable Matrix dOutput) {
    if (forward.trace == null) {
      return;
    }
    try (Leases scratch = new Leases(forward.pool)) {
      Matrix total = scratch.lease(dh.rows(), dh.columns());
      queue.copy(dh, total);
      if (dOutput != null) {
        queue.axpy(1, dOutput, total);
      }
      forward.trace.backward(run, t, total);
    }
  }

  private void requireOpen() {
    if (consumed) {
      throw new IllegalStateException("this pass was consumed: backward ends it, once");
    }
  }

  @Override
  public void close() {
    if (!consumed) {
      consumed = true;
      forward.release();
      plan.passEnded();
    }
  }
}
