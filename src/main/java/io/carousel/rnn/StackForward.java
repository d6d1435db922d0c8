package io.carousel.rnn;

import io.carousel.device.LayerWeights;
import io.carousel.device.Matrix;
import io.carousel.device.MatrixPool;
import io.carousel.device.PackedShape;
import io.carousel.device.Philox;
import io.carousel.device.Queue;
import io.carousel.device.RecurrentPlan.Trace;
import io.carousel.device.RecurrentSpec;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The forward pass through all layers and directions, the same in training and inference. */
final class StackForward {
  final Queue queue;
  final RecurrentSpec spec;
  final MatrixPool pool;
  final PackedShape shape;
  final boolean training;

  /** Everything that lasts as long as the pass. */
  final Leases leases;

  final RowOrder rowOrder;
  final @Nullable Trace trace;

  /** In training, the runs of all layers and directions, index k·D + d. */
  final List<CellRun> runs = new ArrayList<>();

  private final List<Leases> allLeases = new ArrayList<>();
  private final Dropout dropout;
  private final @Nullable Matrix rowIds;
  private final @Nullable Matrix draw;

  /** The numbers that make the masks between layers. */
  record Dropout(int draw, long key) {
    static final Dropout NONE = new Dropout(0, 0);
  }

  StackForward(
      Queue queue,
      RecurrentSpec spec,
      MatrixPool pool,
      PackedShape shape,
      boolean training,
      Dropout dropout,
      @Nullable Trace trace) {
    this.queue = queue;
    this.spec = spec;
    this.pool = pool;
    this.shape = shape;
    this.training = training;
    this.dropout = dropout;
    this.trace = trace;
    try {
      leases = newLeases();
      rowOrder = new RowOrder(queue, shape, leases);
      if (training && spec.dropout() > 0 && spec.numLayers() > 1) {
        rowIds = leases.leaseIntegers(2, shape.rows());
        draw = leases.leaseIntegers(1, 1);
        queue.upload(shape.rowIds(), 0, rowIds);
        queue.upload(new int[] {dropout.draw()}, 0, draw);
      } else {
        rowIds = null;
        draw = null;
      }
    } catch (RuntimeException e) {
      abandon();
      throw e;
    }
  }

  /** Runs all layers; the last one writes {@code output} [Σ n_t, D·R]. */
  void run(
      List<LayerWeights> weights,
      Matrix input,
      @Nullable Matrix h0,
      @Nullable Matrix c0,
      Matrix output,
      Matrix hN,
      @Nullable Matrix cN) {
    Matrix layerInput = input;
    for (int layer = 0; layer < spec.numLayers(); layer++) {
      boolean last = layer == spec.numLayers() - 1;
      Matrix layerOutput = last ? output : leases.lease(shape.rows(), spec.outputSize());
      for (int d = 0; d < spec.directions(); d++) {
        int run = layer * spec.directions() + d;
        Matrix runOutput = layerOutput.columns(d * spec.stateSize(), spec.stateSize());
        runDirection(run, weights.get(run), layerInput, h0, c0, runOutput, hN, cN);
      }
      if (!last) {
        dropout(layer, layerOutput);
      }
      layerInput = layerOutput;
    }
  }

  private void runDirection(
      int run,
      LayerWeights weights,
      Matrix input,
      @Nullable Matrix h0,
      @Nullable Matrix c0,
      Matrix output,
      Matrix hN,
      @Nullable Matrix cN) {
    int batch = shape.batchSize();
    Leases states = newLeases();
    Leases runLeases = newLeases();
    Matrix h = states.lease(batch, spec.stateSize());
    Matrix c = cN == null ? null : states.lease(batch, spec.hiddenSize());
    rowOrder.sort(h0 == null ? null : statesOf(run, h0), h);
    if (c != null) {
      rowOrder.sort(c0 == null ? null : statesOf(run, c0), c);
    }
    CellRun cellRun =
        CellRun.of(
            new CellRun.Setup(queue, runLeases, spec, weights, input, output, h, c, training));
    for (int step = 0; step < shape.steps(); step++) {
      int t = timeOf(run, step);
      int n = shape.stepRows(t);
      cellRun.forward(shape.stepOffset(t), n);
      if (trace != null) {
        Matrix cell = c == null ? null : c.rows(0, n);
        trace.forward(run, t, cellRun.gates.rows(shape.stepOffset(t), n), cell);
      }
    }
    rowOrder.restore(h, statesOf(run, hN));
    if (c != null && cN != null) {
      rowOrder.restore(c, statesOf(run, cN));
    }
    states.close();
    if (training) {
      runs.add(cellRun);
    } else {
      runLeases.close();
    }
  }

  /**
   * The time step that a run works on at a place in its own order: the reverse direction starts at
   * the end.
   */
  int timeOf(int run, int step) {
    boolean reverse = run % spec.directions() == 1;
    return reverse ? shape.steps() - 1 - step : step;
  }

  /** The rows of one run in a matrix of states. */
  Matrix statesOf(int run, Matrix states) {
    return states.rows(run * shape.batchSize(), shape.batchSize());
  }

  /**
   * Drops elements of a layer's output, or of its gradient: the same mask. Does nothing in
   * inference.
   */
  void dropout(int layer, Matrix matrix) {
    if (draw != null) {
      long key = Philox.key(dropout.key(), "layer" + layer);
      queue.dropout(spec.dropout(), key, draw, rowIds, matrix, matrix);
    }
  }

  private Leases newLeases() {
    Leases made = new Leases(pool);
    allLeases.add(made);
    return made;
  }

  /** Gives everything back, also what an operation left that failed. */
  void release() {
    runs.clear();
    allLeases.forEach(Leases::close);
    allLeases.clear();
  }

  /**
   * After a failure, which may be want of memory: frees what lies idle too, so that a smaller batch
   * works.
   */
  void abandon() {
    release();
    pool.trim();
  }
}
