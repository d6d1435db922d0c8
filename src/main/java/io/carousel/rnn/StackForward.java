package io.carousel.rnn;

import io.carousel.device.Cell;
import io.carousel.device.CloseAll;
import io.carousel.device.ElementType;
import io.carousel.device.LayerDropout;
import io.carousel.device.LayerWeights;
import io.carousel.device.Leases;
import io.carousel.device.Matrix;
import io.carousel.device.MatrixPool;
import io.carousel.device.PackedShape;
import io.carousel.device.Philox;
import io.carousel.device.Queue;
import io.carousel.device.RecurrentPlan.Trace;
import io.carousel.device.RecurrentSpec;
import io.carousel.device.RowOrder;
import io.carousel.device.pass.PassInputs;
import io.carousel.device.pass.PassOutputs;
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
  final Directions directions;

  /** Everything that lasts as long as the pass. */
  final Leases leases;

  final RowOrder rowOrder;
  final @Nullable Trace trace;

  /** In training, the runs of all layers and directions, index k·D + d. */
  final List<CellRun> runs = new ArrayList<>();

  private final List<Leases> allLeases = new ArrayList<>();
  private final ElementType operand;
  private final @Nullable LayerDropout dropout;

  /**
   * Leases what is needed throughout and uploads row numbers; enqueues nothing else.
   *
   * @param dropoutKey from {@link Philox#key}; looked at in training only
   */
  StackForward(
      Queue queue,
      RecurrentSpec spec,
      MatrixPool pool,
      PackedShape shape,
      boolean training,
      long dropoutKey,
      @Nullable Trace trace) {
    this.queue = queue;
    this.spec = spec;
    this.pool = pool;
    this.shape = shape;
    this.training = training;
    this.trace = trace;
    operand = queue.device().operandType(spec.precision());
    directions = new Directions(queue, spec.directions(), trace == null);
    try {
      leases = newLeases();
      rowOrder = new RowOrder(queue, shape, leases);
      dropout = training ? LayerDropout.of(queue, spec, shape, leases, dropoutKey) : null;
    } catch (RuntimeException e) {
      abandon(e);
      throw e;
    }
  }

  /** Sets the number of this pass, from which its dropout masks are made. */
  void setDraw(int number) {
    if (dropout != null) {
      dropout.setDraw(number);
    }
  }

  /** Runs all layers; the last one writes the output. */
  void run(PassInputs inputs, PassOutputs outputs) {
    Matrix layerInput = inputs.input();
    for (int layer = 0; layer < spec.numLayers(); layer++) {
      boolean last = layer == spec.numLayers() - 1;
      Matrix layerOutput = last ? outputs.output() : leases.lease(shape.rows(), spec.outputSize());
      runLayer(layer, inputs, asOperand(layerInput), layerOutput, outputs);
      if (!last) {
        dropout(layer, layerOutput);
      }
      layerInput = layerOutput;
    }
  }

  /** One direction of a layer while it runs: its cell and its running states. */
  private record Running(int run, CellRun cell, Matrix h, @Nullable Matrix c) {}

  private void runLayer(
      int layer, PassInputs inputs, Matrix input, Matrix output, PassOutputs outputs) {
    directions.fork();
    for (List<Integer> group : directions.groups()) {
      Leases states = newLeases();
      List<Running> running = new ArrayList<>();
      for (int direction : group) {
        int run = layer * spec.directions() + direction;
        Matrix runOutput = output.columns(direction * spec.stateSize(), spec.stateSize());
        running.add(start(run, inputs, input, runOutput, states));
      }
      for (int step = 0; step < shape.steps(); step++) {
        for (Running direction : running) {
          step(direction, timeOf(direction.run, step));
        }
      }
      for (Running direction : running) {
        Queue on = direction.cell.queue;
        rowOrder.restore(on, direction.run, direction.h, outputs.hN());
        if (direction.c != null) {
          rowOrder.restore(on, direction.run, direction.c, outputs.cN());
        }
      }
      directions.join(); // before the states are lent to somebody else
      states.close();
    }
  }

  private Running start(int run, PassInputs inputs, Matrix input, Matrix output, Leases states) {
    int batch = shape.batchSize();
    Queue on = directions.queueOf(run % spec.directions());
    boolean accumulates = spec.cell() == Cell.GRU;
    ElementType stateType = accumulates ? on.device().realType() : operand;
    Matrix h = states.lease(stateType, batch, spec.stateSize());
    Matrix c = spec.cell().hasCellState() ? states.lease(batch, spec.hiddenSize()) : null;
    rowOrder.sort(on, run, inputs.h0(), h);
    if (c != null) {
      rowOrder.sort(on, run, inputs.c0(), c);
    }
    LayerWeights weights = inputs.weights().get(run);
    Leases saved = training ? leases : states;
    CellRun cell =
        CellRun.of(new CellRun.Setup(on, saved, spec, weights, input, output, h, c, training));
    if (training) {
      runs.add(cell);
    }
    return new Running(run, cell, h, c);
  }

  private void step(Running direction, int t) {
    int first = shape.stepOffset(t);
    int n = shape.stepRows(t);
    direction.cell.forward(first, n);
    if (trace != null) {
      Matrix cell = direction.c == null ? null : direction.c.rows(0, n);
      trace.forward(direction.run, t, direction.cell.gates.rows(first, n), cell);
    }
  }

  /** The input of a layer as a factor of products; kept as long as the pass, for backward. */
  private Matrix asOperand(Matrix real) {
    if (operand == queue.device().realType()) {
      return real;
    }
    Matrix factor = leases.lease(operand, real.rows(), real.columns());
    queue.copy(real, factor);
    return factor;
  }

  /**
   * The time step that a run works on at a place in its own order: the reverse direction starts at
   * the end.
   */
  int timeOf(int run, int step) {
    boolean reverse = run % spec.directions() == 1;
    return reverse ? shape.steps() - 1 - step : step;
  }

  /**
   * Drops elements of a layer's output, or of its gradient: the same mask. Does nothing in
   * inference.
   */
  void dropout(int layer, Matrix matrix) {
    if (dropout != null) {
      dropout.apply(layer, matrix);
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

  /** The same after a failure: work beside may still use what is given back. */
  void abandon(Throwable failure) {
    CloseAll.after(failure, List.of(this::release, directions::join));
  }
}
