package io.carousel.conformance;

import io.carousel.device.BufferScope;
import io.carousel.device.Device;
import io.carousel.device.Matrix;
import io.carousel.device.PackedShape;
import io.carousel.device.PlanChoice;
import io.carousel.device.Products;
import io.carousel.device.Queue;
import io.carousel.device.RecurrentSpec;
import io.carousel.nn.ParameterSet;
import io.carousel.rnn.RecurrentLayer;
import java.util.Arrays;

/** A stack that takes sequences as arrays [row][step][feature]. */
final class SequenceInference implements AutoCloseable {
  private final Queue queue;
  private final RecurrentSpec spec;
  private final ParameterSet parameters;
  private final RecurrentLayer layer;

  SequenceInference(Device device, Products products, PlanChoice plan, RecurrentSpec spec) {
    this.spec = spec;
    queue = device.openQueue(products);
    parameters = new ParameterSet(queue, 3, "test");
    layer = RecurrentLayer.builder(spec).plan(plan).build(parameters, "");
  }

  /**
   * What came out, by the caller's row.
   *
   * @param outputs [row][step][D·R]
   * @param h [row][run][R]
   * @param c [row][run][H], of an LSTM, else empty
   */
  record Result(double[][][] outputs, double[][][] h, double[][][] c) {}

  Result run(double[][][] sequences) {
    return run(sequences, null);
  }

  /** Goes on where another run has ended. */
  Result run(double[][][] sequences, Result before) {
    int batch = sequences.length;
    PackedShape shape =
        PackedShape.of(Arrays.stream(sequences).mapToInt(sequence -> sequence.length).toArray());
    boolean lstm = spec.cell().hasCellState();
    try (BufferScope scope = new BufferScope(queue.device(), "test")) {
      Matrix x = scope.reals("x", shape.rows(), spec.inputSize());
      Matrix out = scope.reals("out", shape.rows(), spec.outputSize());
      Matrix h = scope.reals("h", spec.runs() * batch, spec.stateSize());
      Matrix c = lstm ? scope.reals("c", spec.runs() * batch, spec.hiddenSize()) : null;
      queue.upload(pack(shape, sequences), 0, x);
      if (before != null) {
        queue.upload(states(before.h, h.columns()), 0, h);
        if (c != null) {
          queue.upload(states(before.c, c.columns()), 0, c);
        }
      }
      // carried states: what comes in is overwritten by what goes out
      layer.infer(queue, shape, x, before == null ? null : h, before == null ? null : c, out, h, c);
      double[] packed = new double[(int) out.size()];
      queue.download(out, packed, 0);
      return new Result(unpack(shape, packed), rows(batch, h), rows(batch, c));
    }
  }

  private double[] pack(PackedShape shape, double[][][] sequences) {
    double[] packed = new double[shape.rows() * spec.inputSize()];
    for (int row = 0; row < sequences.length; row++) {
      for (int t = 0; t < sequences[row].length; t++) {
        int at = shape.packedRow(t, row) * spec.inputSize();
        System.arraycopy(sequences[row][t], 0, packed, at, spec.inputSize());
      }
    }
    return packed;
  }

  private double[][][] unpack(PackedShape shape, double[] packed) {
    double[][][] sequences = new double[shape.batchSize()][][];
    for (int row = 0; row < sequences.length; row++) {
      sequences[row] = new double[shape.length(row)][];
      for (int t = 0; t < sequences[row].length; t++) {
        int at = shape.packedRow(t, row) * spec.outputSize();
        sequences[row][t] = Arrays.copyOfRange(packed, at, at + spec.outputSize());
      }
    }
    return sequences;
  }

  private double[] states(double[][][] rows, int units) {
    double[] states = new double[spec.runs() * rows.length * units];
    for (int row = 0; row < rows.length; row++) {
      for (int run = 0; run < spec.runs(); run++) {
        System.arraycopy(rows[row][run], 0, states, (run * rows.length + row) * units, units);
      }
    }
    return states;
  }

  private double[][][] rows(int batch, Matrix states) {
    if (states == null) {
      return new double[batch][0][0];
    }
    double[] values = new double[(int) states.size()];
    queue.download(states, values, 0);
    int units = states.columns();
    double[][][] rows = new double[batch][spec.runs()][];
    for (int row = 0; row < batch; row++) {
      for (int run = 0; run < spec.runs(); run++) {
        int at = (run * batch + row) * units;
        rows[row][run] = Arrays.copyOfRange(values, at, at + units);
      }
    }
    return rows;
  }

  @Override
  public void close() {
    layer.close();
    parameters.close();
    queue.close();
  }
}
