package io.carousel.device.cuda;

import io.carousel.device.Leases;
import io.carousel.device.Matrix;
import io.carousel.device.RecurrentPlan.Trace;
import io.carousel.device.pass.PassInputs;
import io.carousel.device.pass.PassOutputs;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A layer of a {@link PersistentForward} that is under way. */
final class LayerForward {
  private final PersistentForward pass;
  private final int layer;
  private final Leases leases;
  private final Matrix input;
  private final Matrix factor;
  private final @Nullable Leases outputLeases;

  /** [Σ n_t, D·H] real. */
  final Matrix output;

  private final List<Running> running = new ArrayList<>();

  /** One direction: its states in sorted order, h, c and the cell of all steps. */
  private record Running(
      PersistentRun run,
      LeasedLayout layout,
      Matrix h,
      @Nullable Matrix c,
      @Nullable Matrix cell) {}

  /**
   * A layer that is to run.
   *
   * @param leases for as long as the layer is under way
   * @param input [Σ n_t, in] real
   * @param factor of the same shape, receives the input as a factor of products; the input itself
   *     where that is one
   * @param outputLeases for as long as the layer above reads the output; null where it is kept
   * @param output [Σ n_t, D·H] real
   */
  LayerForward(
      PersistentForward pass,
      int layer,
      Leases leases,
      Matrix input,
      Matrix factor,
      @Nullable Leases outputLeases,
      Matrix output) {
    this.pass = pass;
    this.layer = layer;
    this.leases = leases;
    this.input = input;
    this.factor = factor;
    this.outputLeases = outputLeases;
    this.output = output;
  }

  /** Leases memory and brings in the initial states. */
  void start(PassInputs inputs) {
    pass.queues.start(layer);
    if (!pass.byChunk()) {
      convert(pass.batch.rows(), pass.queue);
    }
    int units = pass.context.spec().hiddenSize();
    int directions = pass.context.spec().directions();
    for (int direction = 0; direction < directions; direction++) {
      PersistentRun run =
          PersistentRun.of(
              new PersistentRun.Setup(
                  pass.context,
                  pass.queues.of(layer, direction),
                  pass.training ? pass.leases : leases,
                  pass.batch,
                  layer * directions + direction,
                  inputs.weights(),
                  factor,
                  output.columns(direction * units, units),
                  pass.training));
      if (!pass.multipliesInputs(layer)) {
        boolean kept = pass.training && !pass.context.recompute();
        run.leaseSteps(kept ? pass.leases : leases, kept);
      }
      running.add(start(run, inputs));
    }
  }

  private Running start(PersistentRun run, PassInputs inputs) {
    int size = pass.batch.shape.batchSize();
    int units = pass.context.spec().hiddenSize();
    boolean hasCell = pass.context.spec().cell().hasCellState();
    Matrix h = leases.lease(run.stateType(), size, units);
    Matrix c = hasCell ? leases.lease(size, units) : null;
    Matrix cell =
        hasCell && pass.trace != null ? leases.lease(pass.batch.shape.rows(), units) : null;
    pass.sort(run, inputs.h0(), h);
    if (c != null) {
      pass.sort(run, inputs.c0(), c);
    }
    PersistentLayouts layouts = pass.context.layouts();
    int inputSize = pass.context.spec().layerInputSize(layer);
    boolean shared = pass.queues.share();
    PersistentLayout layout =
        pass.multipliesInputs(layer)
            ? layouts.inference(inputSize, size, shared)
            : layouts.forward(size, shared);
    return new Running(run, layout.lease(leases), h, c, cell);
  }

  private void convert(PackedRows rows, CudaQueue on) {
    if (!pass.realsAreFactors()) {
      on.copy(rows.of(input), rows.of(factor));
    }
  }

  /** Runs a chunk, counted in each run's own order. */
  void run(int place) {
    for (Running each : running) {
      TimeChunk chunk = each.run.chunkAt(place);
      if (pass.byChunk()) {
        convert(chunk.rows(), each.run.queue);
      }
      each.run.forward(chunk, each.layout, each.h, each.c, each.cell);
      if (pass.byChunk()) {
        pass.drop(each.run.queue, layer, output, chunk.rows());
      }
      if (pass.trace != null) {
        tell(pass.trace, each, chunk);
      }
    }
  }

  private void tell(Trace trace, Running each, TimeChunk chunk) {
    for (int place = 0; place < chunk.steps(); place++) {
      int t = each.run.timeOf(chunk, place);
      PackedRows rows = pass.batch.rowsOf(t);
      Matrix gates = each.run.gates(chunk.rows()).rows(chunk.rows().placeOf(rows), rows.count());
      trace.forward(each.run.index(), t, gates, each.cell == null ? null : rows.of(each.cell));
    }
  }

  /** Brings out the final states, and makes the main queue wait for the layer. */
  void end(PassOutputs outputs) {
    for (Running each : running) {
      pass.restore(each.run, each.h, outputs.hN());
      if (each.c != null) {
        pass.restore(each.run, each.c, outputs.cN());
      }
    }
    pass.queues.end(layer);
    if (!pass.byChunk()) {
      pass.drop(pass.queue, layer, output, pass.batch.rows());
    }
    leases.close();
  }

  /** Gives back what nobody reads any more, after the layer above has ended. */
  void releaseOutput() {
    if (outputLeases != null) {
      outputLeases.close();
    }
  }

  /** The runs of all directions. */
  List<PersistentRun> runs() {
    return running.stream().map(Running::run).toList();
  }
}
