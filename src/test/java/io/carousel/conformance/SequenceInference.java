package io.carousel.conformance;

import io.carousel.device.BufferScope;
import io.carousel.device.Device;
import io.carousel.device.Matrix;
import io.carousel.device.PackedShape;
import io.carousel.device.PlanChoice;
import io.carousel.device.Queue;
import io.carousel.device.RecurrentSpec;
import io.carousel.nn.ParameterSet;
import io.carousel.rnn.RecurrentLayer;
import java.util.Arrays;

/** A stack with the device's own plan, which takes sequences as arrays [row][step][feature]. */
final class SequenceInference implements AutoCloseable {
  private final Queue queue;
  private final RecurrentSpec spec;
  private final ParameterSet parameters;
  private final RecurrentLayer layer;

  SequenceInference(Device device, RecurrentSpec spec) {
    this.spec = spec;
    queue = device.openQueue();
    parameters = new ParameterSet(queue, 3, "test");
    layer = RecurrentLayer.builder(spec).plan(PlanChoice.FUSED).build(parameters, "");
  }

  /**
   * What came out, by the caller's row.
   *
   * @param outputs [row][step][D·H]
   * @param h [row][run][H]
   * @param c [row][run][H], of an LSTM, else empty
   */
  record Result(float[][][] outputs, float[][][] h, float[][][] c) {}

  Result run(float[][][] sequences) {
    return run(sequences, null);
  }

  /** Goes on where another run has ended. */
  Result run(float[][][] sequences, Result before) {
    int batch = sequences.length;
    PackedShape shape =
        PackedShape.of(Arrays.stream(sequences).mapToInt(sequence -> sequence.length).toArray());
    boolean lstm = spec.cell().hasCellState();
    try (BufferScope scope = new BufferScope(queue.device(), "test")) {
      Matrix x = scope.reals("x", shape.rows(), spec.inputSize());
      Matrix out = scope.reals("out", shape.rows(), spec.outputSize());
      Matrix h = scope.reals("h", spec.runs() * batch, spec.hiddenSize());
      Matrix c = lstm ? scope.reals("c", spec.runs() * batch, spec.hiddenSize()) : null;
      queue.upload(pack(shape, sequences), 0, x);
      if (before != null) {
        queue.upload(states(before.h), 0, h);
        if (c != null) {
          queue.upload(states(before.c), 0, c);
        }
      }
      // carried states: what comes in is overwritten by what goes out
      layer.infer(queue, shape, x, before == null ? null : h, before == null ? null : c, out, h, c);
      float[] packed = new float[(int) out.size()];
      queue.download(out, packed, 0);
      return new Result(unpack(shape, packed), rows(batch, h), rows(batch, c));
    }
  }

  private float[] pack(PackedShape shape, float[][][] sequences) {
    float[] packed = new float[shape.rows() * spec.inputSize()];
    for (int row = 0; row < sequences.length; row++) {
      for (int t = 0; t < sequences[row].length; t++) {
        int at = shape.packedRow(t, row) * spec.inputSize();
        System.arraycopy(sequences[row][t], 0, packed, at, spec.inputSize());
      }
    }
    return packed;
  }

  private float[][][] unpack(PackedShape shape, float[] packed) {
    float[][][] sequences = new float[shape.batchSize()][][];
    for (int row = 0; row < sequences.length; row++) {
      sequences[row] = new float[shape.length(row)][];
      for (int t = 0; t < sequences[row].length; t++) {
        int at = shape.packedRow(t, row) * spec.outputSize();
        sequences[row][t] = Arrays.copyOfRange(packed, at, at + spec.outputSize());
      }
    }
    return sequences;
  }

  private float[] states(float[][][] rows) {
    int units = spec.hiddenSize();
    float[] states = new float[spec.runs() * rows.length * units];
    for (int row = 0; row < rows.length; row++) {
      for (int run = 0; run < spec.runs(); run++) {
        System.arraycopy(rows[row][run], 0, states, (run * rows.length + row) * units, units);
      }
    }
    return states;
  }

  private float[][][] rows(int batch, Matrix states) {
    if (states == null) {
      return new float[batch][0][0];
    }
    float[] values = new float[(int) states.size()];
    queue.download(states, values, 0);
    int units = spec.hiddenSize();
    float[][][] rows = new float[batch][spec.runs()][];
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
