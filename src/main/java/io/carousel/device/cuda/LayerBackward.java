package io.carousel.device.cuda;

import io.carousel.device.Leases;
import io.carousel.device.Matrix;
import io.carousel.device.RecurrentPlan.Trace;
import io.carousel.device.RecurrentSpec;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A layer of a {@link PersistentBackward} that is under way. */
final class LayerBackward {
  /** [Σ n_t, in], null where nobody wants it. */
  final @Nullable Matrix dInput;

  private final PersistentBackward pass;
  private final PersistentForward forward;
  private final RecurrentSpec spec;
  private final int layer;
  private final Leases leases;
  private final Leases untilAllEnd;
  private final @Nullable Matrix dOutput;
  private final boolean[] begun; // chunks of dInput in which there is something already
  private final List<Running> running = new ArrayList<>();

  /** One direction: the gradients of its states, and the whole gradient of each h. */
  private record Running(
      PersistentRun run,
      LeasedLayout layout,
      @Nullable Matrix dOutput,
      Matrix dh,
      @Nullable Matrix dc,
      @Nullable Matrix dhAll,
      @Nullable ReplayScratch replay,
      Matrix biasSum) {}

  /**
   * A layer that is to run backward.
   *
   * @param leases for as long as the layer is under way
   * @param untilAllEnd for as long as weight gradients are
   * @param dOutput [Σ n_t, D·H], null for zeros
   * @param dInput [Σ n_t, in], null where nobody wants it
   */
  LayerBackward(
      PersistentBackward pass,
      int layer,
      Leases leases,
      Leases untilAllEnd,
      @Nullable Matrix dOutput,
      @Nullable Matrix dInput) {
    this.pass = pass;
    forward = pass.forward;
    spec = forward.context.spec();
    this.layer = layer;
    this.leases = leases;
    this.untilAllEnd = untilAllEnd;
    this.dOutput = dOutput;
    this.dInput = dInput;
    begun = new boolean[forward.batch.chunks.size()];
  }

  /** Leases memory and brings in the gradients of the final states. */
  void start() {
    forward.queues.start(layer);
    for (int direction = 0; direction < spec.directions(); direction++) {
      PersistentRun run = forward.runs.get(layer * spec.directions() + direction);
      if (forward.context.recompute()) {
        run.leaseSteps(leases, false);
      }
      running.add(start(run, direction));
    }
  }

  private Running start(PersistentRun run, int direction) {
    int size = forward.batch.shape.batchSize();
    int units = spec.hiddenSize();
    Matrix dh = leases.lease(size, units);
    Matrix dc = spec.cell().hasCellState() ? leases.lease(size, units) : null;
    Matrix dhAll = forward.trace == null ? null : leases.lease(forward.batch.shape.rows(), units);
    forward.sort(run, pass.gradients.dHn(), dh);
    if (dc != null) {
      forward.sort(run, pass.gradients.dCn(), dc);
    }
    PersistentLayout layout = forward.context.layouts().backward(size, forward.queues.share());
    return new Running(
        run,
        layout.lease(leases),
        dOutput == null ? null : dOutput.columns(direction * units, units),
        dh,
        dc,
        dhAll,
        forward.context.recompute() ? run.leaseScratch(leases) : null,
        untilAllEnd.lease(1, spec.gateRows()));
  }

  /** Runs a chunk backward, counted in the order in which the run went forward. */
  void run(int place) {
    for (Running each : running) {
      TimeChunk chunk = each.run.chunkAt(place);
      if (each.replay != null) {
        each.run.recompute(chunk, each.replay);
      }
      each.run.backward(chunk, each.layout, each.dOutput, each.dh, each.dc, each.dhAll);
      if (forward.trace != null && each.dhAll != null) {
        tell(forward.trace, each.run, chunk, each.dhAll);
      }
      if (gradientsByChunk()) {
        inputGradient(each.run, chunk);
      }
      if (each.replay != null) {
        weightGradients(each, each.run.queue, chunk.rows());
      }
    }
  }

  /** Not where two directions run beside each other, which add to the same gradients. */
  private boolean gradientsByChunk() {
    return forward.byChunk() || forward.context.recompute();
  }

  private void inputGradient(PersistentRun run, TimeChunk chunk) {
    if (dInput != null) {
      run.inputGradient(run.queue, begun[chunk.number()] ? 1 : 0, chunk.rows(), dInput);
      begun[chunk.number()] = true;
      if (forward.byChunk()) {
        drop(run.queue, dInput, chunk.rows());
      }
    }
  }

  private void drop(CudaQueue on, Matrix matrix, PackedRows rows) {
    if (layer > 0) {
      forward.drop(on, layer - 1, matrix, rows);
    }
  }

  private void weightGradients(Running each, CudaQueue on, PackedRows rows) {
    each.run.weightGradients(
        on, pass.gradients.weights().get(each.run.index()), rows, each.biasSum);
  }

  private void tell(Trace trace, PersistentRun run, TimeChunk chunk, Matrix dhAll) {
    for (int place = chunk.steps() - 1; place >= 0; place--) {
      int t = run.timeOf(chunk, place);
      trace.backward(run.index(), t, forward.batch.rowsOf(t).of(dhAll));
    }
  }

  /** Brings out the gradients of the initial states, and makes the main queue wait. */
  void end() {
    PackedRows all = forward.batch.rows();
    for (Running each : running) {
      forward.restore(each.run, each.dh, pass.gradients.dH0());
      if (each.dc != null) {
        forward.restore(each.run, each.dc, pass.gradients.dC0());
      }
      if (each.replay == null) {
        pass.beside.await(each.run.queue);
        weightGradients(each, pass.beside, all);
      }
    }
    forward.queues.end(layer);
    if (dInput != null && !gradientsByChunk()) {
      for (int direction = 0; direction < running.size(); direction++) {
        running
            .get(direction)
            .run
            .inputGradient(forward.queue, direction == 0 ? 0 : 1, all, dInput);
      }
    }
    if (dInput != null && !forward.byChunk()) {
      drop(forward.queue, dInput, all);
    }
    leases.close();
  }
}
