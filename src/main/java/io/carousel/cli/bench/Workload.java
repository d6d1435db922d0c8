package io.carousel.cli.bench;

import io.carousel.device.BufferScope;
import io.carousel.device.Device;
import io.carousel.device.Matrix;
import io.carousel.device.MatrixPool;
import io.carousel.device.PackedShape;
import io.carousel.device.Queue;
import io.carousel.device.RecurrentSpec;
import io.carousel.nn.ParameterSet;
import io.carousel.rnn.PaddedRows;
import io.carousel.rnn.RecurrentLayer;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/** A stack with a batch of random numbers, and the step that is timed. */
abstract class Workload implements AutoCloseable {
  final RecurrentSpec spec;
  final PackedShape shape;
  final Queue queue;
  final ParameterSet parameters;
  final RecurrentLayer layer;
  final BufferScope scope;
  private final MatrixPool pool;
  private final @Nullable PaddedRows padding;
  private final SplittableRandom random = new SplittableRandom(1);

  Workload(BenchCase what, Device device) {
    spec = what.spec();
    shape = what.shape().packed();
    queue = device.openQueue();
    parameters = new ParameterSet(queue, 1, "bench");
    layer = RecurrentLayer.builder(spec).plan(what.plan()).build(parameters, "");
    scope = new BufferScope(device, "bench");
    pool = new MatrixPool(device, "bench");
    boolean ragged = what.shape().lengths() == BenchShape.Lengths.RAGGED;
    padding = ragged ? new PaddedRows(queue, pool, shape) : null;
  }

  /** Sets up what a case measures. */
  static Workload of(BenchCase what, Device device) {
    return switch (what.mode()) {
      case FWDBWD -> new GradientWorkload(what, device);
      case TRAIN -> new TrainingWorkload(what, device);
      case INFER -> new InferenceWorkload(what, device);
      case STREAM -> new StreamingWorkload(what, device);
    };
  }

  /** Enqueues the work of a step. */
  abstract void enqueue();

  /** Waits for its end. */
  final void finish() {
    queue.synchronize();
  }

  /**
   * Random rows as a caller has them: packed, or padded where lengths differ, since packing is part
   * of that work.
   */
  final Matrix callerRows(String name, int columns) {
    return random(name, padding == null ? shape.rows() : padding.rows(), columns);
  }

  /** Room for packed rows of what {@link #callerRows} gave: the same matrix if it is packed. */
  final Matrix packedRoom(String name, Matrix caller) {
    return padding == null ? caller : scope.reals(name, shape.rows(), caller.columns());
  }

  /** Packs the caller's rows where they are padded. */
  final void pack(Matrix caller, Matrix packed) {
    if (padding != null) {
      padding.pack(queue, caller, packed);
    }
  }

  /** Pads packed rows for the caller where lengths differ. */
  final void pad(Matrix packed, Matrix caller) {
    if (padding != null) {
      padding.pad(queue, packed, caller);
    }
  }

  /** A matrix of uniform numbers in [-1, 1). */
  final Matrix random(String name, int rows, int columns) {
    Matrix matrix = scope.reals(name, rows, columns);
    float[] row = new float[columns];
    for (int r = 0; r < rows; r++) {
      for (int i = 0; i < columns; i++) {
        row[i] = (float) random.nextDouble(-1, 1);
      }
      queue.upload(row, 0, matrix.rows(r, 1));
    }
    return matrix;
  }

  final Matrix states(String name, int columns) {
    return scope.reals(name, spec.runs() * shape.batchSize(), columns);
  }

  final @Nullable Matrix cellStates(String name) {
    return spec.cell().hasCellState() ? states(name, spec.hiddenSize()) : null;
  }

  @Override
  public void close() {
    if (padding != null) {
      padding.close();
    }
    pool.close();
    scope.close();
    layer.close();
    parameters.close();
    queue.close();
  }
}
