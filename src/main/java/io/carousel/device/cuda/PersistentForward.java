package io.carousel.device.cuda;

import io.carousel.device.Directions;
import io.carousel.device.LayerDropout;
import io.carousel.device.LayerWeights;
import io.carousel.device.Leases;
import io.carousel.device.Matrix;
import io.carousel.device.RecurrentPlan.Trace;
import io.carousel.device.RecurrentSpec;
import io.carousel.device.pass.PassInputs;
import io.carousel.device.pass.PassOutputs;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The forward pass through all layers and directions, the same in training and inference. */
final class PersistentForward {
  final PersistentContext context;
  final CudaQueue queue;
  final UploadedShape batch;
  final Directions directions;

  /** Everything that lasts as long as the pass. */
  final Leases leases;

  /** In training, the runs of all layers and directions, index k·D + d. */
  final List<PersistentRun> runs = new ArrayList<>();

  /** In training, null where the stack has none. */
  final @Nullable LayerDropout dropout;

  final @Nullable Trace trace;
  private final boolean training;
  private final RecurrentSpec spec;
  private final List<Leases> allLeases = new ArrayList<>();

  private PersistentForward(
      PersistentContext context,
      CudaQueue queue,
      UploadedShape batch,
      Leases leases,
      @Nullable LayerDropout dropout,
      @Nullable Trace trace,
      boolean training) {
    this.context = context;
    this.queue = queue;
    this.batch = batch;
    this.leases = leases;
    this.dropout = dropout;
    this.trace = trace;
    this.training = training;
    spec = context.spec();
    allLeases.add(leases);
    boolean beside = trace == null && context.layouts().sideBySide();
    directions = new Directions(queue, spec.directions(), beside);
  }

  /** Inference on a batch whose shape somebody else keeps in memory. */
  static PersistentForward inference(
      PersistentContext context, CudaQueue queue, UploadedShape batch) {
    Leases leases = new Leases(context.pool());
    return new PersistentForward(context, queue, batch, leases, null, null, false);
  }

  /**
   * A training pass.
   *
   * @param leases keep the shape and the masks' numbers
   */
  static PersistentForward training(
      PersistentContext context,
      CudaQueue queue,
      UploadedShape batch,
      Leases leases,
      @Nullable LayerDropout dropout,
      @Nullable Trace trace) {
    return new PersistentForward(context, queue, batch, leases, dropout, trace, true);
  }

  /** What a pass reads and writes; as in {@link io.carousel.device.RecurrentPlan#infer}. */
  record Operands(
      List<LayerWeights> weights,
      Matrix input,
      @Nullable Matrix h0,
      @Nullable Matrix c0,
      Matrix output,
      Matrix hN,
      @Nullable Matrix cN) {
    static Operands of(PassInputs in, PassOutputs out) {
      return new Operands(
          in.weights(), in.input(), in.h0(), in.c0(), out.output(), out.hN(), out.cN());
    }
  }

  /** Runs all layers. */
  void run(Operands operands) {
    int last = spec.numLayers() - 1;
    Matrix layerInput = operands.input;
    for (int layer = 0; layer <= last; layer++) {
      Matrix layerOutput =
          layer == last ? operands.output : leases.lease(batch.shape.rows(), spec.outputSize());
      runLayer(layer, operands, asOperand(layerInput), layerOutput);
      if (dropout != null && layer < last) {
        dropout.apply(layer, layerOutput);
      }
      layerInput = layerOutput;
    }
  }

  private void runLayer(int layer, Operands operands, Matrix input, Matrix output) {
    Leases states = newLeases();
    directions.fork();
    for (int direction = 0; direction < spec.directions(); direction++) {
      Matrix runOutput = output.columns(direction * spec.hiddenSize(), spec.hiddenSize());
      PersistentRun run =
          PersistentRun.of(
              new PersistentRun.Setup(
                  context,
                  (CudaQueue) directions.queueOf(direction),
                  training ? leases : states,
                  batch,
                  layer * spec.directions() + direction,
                  operands.weights,
                  input,
                  runOutput,
                  training));
      if (training) {
        runs.add(run);
      }
      launch(run, operands, states);
    }
    directions.join(); // before the states are lent to somebody else
    states.close();
  }

  private void launch(PersistentRun run, Operands operands, Leases states) {
    int size = batch.shape.batchSize();
    int units = spec.hiddenSize();
    boolean hasCell = spec.cell().hasCellState();
    Matrix h = states.lease(run.stateType(), size, units);
    Matrix c = hasCell ? states.lease(size, units) : null;
    Matrix cell = hasCell && trace != null ? states.lease(batch.shape.rows(), units) : null;
    sort(run, operands.h0, h);
    if (c != null) {
      sort(run, operands.c0, c);
    }
    PersistentLayout layout = context.layouts().forward(size);
    run.forward(layout, layout.leaseWorkspace(states), h, c, cell);
    restore(run, h, operands.hN);
    if (c != null && operands.cN != null) {
      restore(run, c, operands.cN);
    }
    if (trace != null) {
      tell(trace, run, cell);
    }
  }

  private void tell(Trace listener, PersistentRun run, @Nullable Matrix cell) {
    for (int place = 0; place < batch.shape.steps(); place++) {
      int t = run.timeOf(place);
      int first = batch.shape.stepOffset(t);
      int n = batch.shape.stepRows(t);
      Matrix cellT = cell == null ? null : cell.rows(first, n);
      listener.forward(run.index(), t, run.gates.rows(first, n), cellT);
    }
  }

  /** sorted ← a run's rows of states in the caller's order, or zeros where there are none. */
  void sort(PersistentRun run, @Nullable Matrix states, Matrix sorted) {
    batch.order.sort(run.queue, states == null ? null : statesOf(run, states), sorted);
  }

  /** A run's rows of states in the caller's order ← sorted. */
  void restore(PersistentRun run, Matrix sorted, Matrix states) {
    batch.order.restore(run.queue, sorted, statesOf(run, states));
  }

  private Matrix statesOf(PersistentRun run, Matrix states) {
    int size = batch.shape.batchSize();
    return states.rows(run.index() * size, size);
  }

  /** The input of a layer as a factor of products; kept as long as the pass, for backward. */
  private Matrix asOperand(Matrix real) {
    if (context.operand() == queue.device().realType()) {
      return real;
    }
    Matrix factor = leases.lease(context.operand(), real.rows(), real.columns());
    queue.copy(real, factor);
    return factor;
  }

  private Leases newLeases() {
    Leases made = new Leases(context.pool());
    allLeases.add(made);
    return made;
  }

  /** Gives everything back, also what an operation left that failed. */
  void release() {
    runs.clear();
    allLeases.forEach(Leases::close);
    allLeases.clear();
  }

  /** The same after a failure: work beside may still use what is given back. */
  void abandon(Throwable failure) {
    try {
      directions.join();
    } catch (RuntimeException e) {
      failure.addSuppressed(e);
    }
    release();
  }
}
