package io.carousel.device.cuda;

import io.carousel.device.Leases;
import io.carousel.device.Matrix;
import io.carousel.device.PackedShape;
import io.carousel.device.PassGradients;
import io.carousel.device.Queue;
import io.carousel.device.RecurrentPlan.Trace;
import io.carousel.device.RecurrentSpec;
import org.jspecify.annotations.Nullable;

/**
 * Back-propagation through time, through all layers and directions of a {@link PersistentForward}
 * that has run in training. Weight gradients go beside the launches of the layers below.
 */
final class PersistentBackward {
  private final PersistentForward forward;
  private final PassGradients gradients;
  private final Leases scratch;
  private final Queue queue;
  private final Queue beside;
  private final RecurrentSpec spec;
  private final PackedShape shape;

  /**
   * A backward pass. Gates become gradients: forward must have run since the last one.
   *
   * @param scratch for as long as the work is under way
   */
  PersistentBackward(PersistentForward forward, PassGradients gradients, Leases scratch) {
    this.forward = forward;
    this.gradients = gradients;
    this.scratch = scratch;
    queue = forward.queue;
    spec = forward.context.spec();
    shape = forward.batch.shape;
    beside = forward.trace == null ? besideLaunches(queue) : queue;
  }

  /** The queue of weight gradients: neither the main one nor that of the reverse direction. */
  private static Queue besideLaunches(Queue queue) {
    return queue.beside().beside();
  }

  /** Opens the queues that a backward pass takes. */
  static void openQueues(Queue queue) {
    besideLaunches(queue);
  }

  void run() {
    beside.await(queue);
    try {
      runLayers();
    } finally {
      queue.await(beside); // also after a failure: memory is given back in the main queue's order
    }
  }

  private void runLayers() {
    Matrix dLayerOutput = gradients.dOutput();
    for (int layer = spec.numLayers() - 1; layer >= 0; layer--) {
      Matrix dLayerInput =
          layer == 0 ? gradients.dInput() : scratch.lease(shape.rows(), spec.outputSize());
      runLayer(layer, dLayerOutput);
      for (int direction = 0; direction < spec.directions() && dLayerInput != null; direction++) {
        runOf(layer, direction).inputGradient(queue, direction == 0 ? 0 : 1, dLayerInput);
      }
      if (layer > 0 && forward.dropout != null && dLayerInput != null) {
        forward.dropout.apply(layer - 1, dLayerInput);
      }
      dLayerOutput = dLayerInput;
    }
  }

  private PersistentRun runOf(int layer, int direction) {
    return forward.runs.get(layer * spec.directions() + direction);
  }

  private void runLayer(int layer, @Nullable Matrix dOutput) {
    forward.directions.fork();
    for (int direction = 0; direction < spec.directions(); direction++) {
      int first = direction * spec.hiddenSize();
      Matrix dRunOutput = dOutput == null ? null : dOutput.columns(first, spec.hiddenSize());
      PersistentRun run = runOf(layer, direction);
      launch(run, dRunOutput);
      beside.await(run.queue);
      run.weightGradients(beside, gradients.weights().get(run.index()));
    }
    forward.directions.join();
  }

  private void launch(PersistentRun run, @Nullable Matrix dOutput) {
    int size = shape.batchSize();
    int units = spec.hiddenSize();
    Matrix dh = scratch.lease(size, units);
    Matrix dc = spec.cell().hasCellState() ? scratch.lease(size, units) : null;
    Matrix dhAll = forward.trace == null ? null : scratch.lease(shape.rows(), units);
    forward.sort(run, gradients.dHn(), dh);
    if (dc != null) {
      forward.sort(run, gradients.dCn(), dc);
    }
    PersistentLayout layout = forward.context.layouts().backward(size);
    run.backward(layout, layout.leaseWorkspace(scratch), dOutput, dh, dc, dhAll);
    if (gradients.dH0() != null) {
      forward.restore(run, dh, gradients.dH0());
    }
    if (dc != null && gradients.dC0() != null) {
      forward.restore(run, dc, gradients.dC0());
    }
    if (forward.trace != null && dhAll != null) {
      tell(forward.trace, run, dhAll);
    }
  }

  private void tell(Trace listener, PersistentRun run, Matrix dhAll) {
    for (int place = shape.steps() - 1; place >= 0; place--) {
      int t = run.timeOf(place);
      listener.backward(run.index(), t, dhAll.rows(shape.stepOffset(t), shape.stepRows(t)));
    }
  }
}
