package io.carousel.rnn;

import io.carousel.device.CloseAll;
import io.carousel.device.LayerWeights;
import io.carousel.device.Leases;
import io.carousel.device.Matrix;
import io.carousel.device.PackedShape;
import io.carousel.device.PassGradients;
import io.carousel.device.Queue;
import io.carousel.device.RecurrentSpec;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Back-propagation through time, through all layers and directions of a {@link StackForward}. Where
 * the device has more queues, weight gradients go beside the loop: they are in nobody's way.
 */
final class StackBackward {
  /** Steps whose weight gradients are taken at a time, where they go beside the loop. */
  private static final int STEPS_BESIDE = 64;

  private final StackForward forward;
  private final PassGradients gradients;
  private final Leases scratch;
  private final Queue queue;
  private final Queue beside;
  private final RecurrentSpec spec;
  private final PackedShape shape;

  /**
   * A backward pass.
   *
   * @param forward has run in training
   * @param scratch for as long as the work is under way
   */
  StackBackward(StackForward forward, PassGradients gradients, Leases scratch) {
    this.forward = forward;
    this.gradients = gradients;
    this.scratch = scratch;
    queue = forward.queue;
    spec = forward.spec;
    shape = forward.shape;
    beside = forward.trace == null ? queue.background() : queue;
  }

  void run() {
    beside.await(queue);
    try {
      runLayers();
    } catch (RuntimeException | Error e) {
      CloseAll.after(
          e, List.of(this::awaitBeside)); // memory is given back in the main queue's order
      throw e;
    }
    awaitBeside();
  }

  private void awaitBeside() {
    queue.await(beside);
  }

  private void runLayers() {
    Matrix dLayerOutput = gradients.dOutput();
    for (int layer = spec.numLayers() - 1; layer >= 0; layer--) {
      Matrix dLayerInput =
          layer == 0 ? gradients.dInput() : scratch.lease(shape.rows(), spec.outputSize());
      forward.directions.fork();
      for (List<Integer> group : forward.directions.groups()) {
        runGroup(layer, group, dLayerOutput);
      }
      for (int direction = 0; direction < spec.directions() && dLayerInput != null; direction++) {
        CellRun cell = forward.runs.get(layer * spec.directions() + direction);
        cell.inputGradient(queue, direction == 0 ? 0 : 1, dLayerInput);
      }
      if (layer > 0 && dLayerInput != null) {
        forward.dropout(layer - 1, dLayerInput);
      }
      dLayerOutput = dLayerInput;
    }
  }

  /** One direction of a layer on its way back: its cell and the running gradients. */
  private record Running(
      int run, CellRun cell, @Nullable Matrix dOutput, Matrix dh, @Nullable Matrix dc) {}

  private void runGroup(int layer, List<Integer> group, @Nullable Matrix dOutput) {
    List<Running> running = new ArrayList<>();
    for (int direction : group) {
      running.add(start(layer * spec.directions() + direction, direction, dOutput));
    }
    int from = shape.steps();
    for (int step = shape.steps() - 1; step >= 0; step--) {
      for (Running direction : running) {
        step(direction, forward.timeOf(direction.run, step));
      }
      boolean aside = beside != queue && from - step == STEPS_BESIDE;
      if (aside || step == 0) {
        for (Running direction : running) {
          weightGradients(direction, step, from);
        }
        from = step;
      }
    }
    for (Running direction : running) {
      end(direction);
    }
    forward.directions.join();
  }

  private Running start(int run, int direction, @Nullable Matrix dOutput) {
    CellRun cell = forward.runs.get(run);
    int batch = shape.batchSize();
    Matrix dh = scratch.lease(batch, spec.stateSize());
    Matrix dc = spec.cell().hasCellState() ? scratch.lease(batch, spec.hiddenSize()) : null;
    forward.rowOrder.sort(cell.queue, run, gradients.dHn(), dh);
    if (dc != null) {
      forward.rowOrder.sort(cell.queue, run, gradients.dCn(), dc);
    }
    Matrix dRunOutput =
        dOutput == null ? null : dOutput.columns(direction * spec.stateSize(), spec.stateSize());
    return new Running(run, cell, dRunOutput, dh, dc);
  }

  private void step(Running direction, int t) {
    int first = shape.stepOffset(t);
    int n = shape.stepRows(t);
    Matrix dOutputT = direction.dOutput == null ? null : direction.dOutput.rows(first, n);
    Matrix dhT = direction.dh.rows(0, n);
    Matrix dcT = direction.dc == null ? null : direction.dc.rows(0, n);
    trace(direction, t, dhT, dOutputT);
    direction.cell.backward(first, n, dOutputT, dhT, dcT);
  }

  /** Those of the steps [from, to) in the run's own order. */
  private void weightGradients(Running direction, int from, int to) {
    int a = forward.timeOf(direction.run, from);
    int b = forward.timeOf(direction.run, to - 1);
    int first = shape.stepOffset(Math.min(a, b));
    int end = shape.stepOffset(Math.max(a, b) + 1);
    LayerWeights target = gradients.weights().get(direction.run);
    beside.await(direction.cell.queue);
    direction.cell.weightGradients(beside, target, first, end - first);
  }

  private void end(Running direction) {
    Queue on = direction.cell.queue;
    forward.rowOrder.restore(on, direction.run, direction.dh, gradients.dH0());
    if (direction.dc != null) {
      forward.rowOrder.restore(on, direction.run, direction.dc, gradients.dC0());
    }
  }

  private void trace(Running direction, int t, Matrix dh, @Nullable Matrix dOutput) {
    if (forward.trace == null) {
      return;
    }
    try (Leases total = new Leases(forward.pool)) {
      Matrix sum = total.lease(dh.rows(), dh.columns());
      queue.copy(dh, sum);
      if (dOutput != null) {
        queue.axpy(1, dOutput, sum);
      }
      forward.trace.backward(direction.run, t, sum);
    }
  }
}
