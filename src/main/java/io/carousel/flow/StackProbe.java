package io.carousel.flow;

import io.carousel.device.BufferScope;
import io.carousel.device.Device;
import io.carousel.device.ElementType;
import io.carousel.device.Matrix;
import io.carousel.device.PackedShape;
import io.carousel.device.Queue;
import io.carousel.device.RecurrentPlan;
import io.carousel.device.RecurrentSpec;
import io.carousel.rnn.PassProbe;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Measures the gradient flow of a stack during its passes. Of the gradient of the outputs only what
 * the last step of each sequence gives flows back (of the reverse direction the first one): with a
 * loss at every step, the losses near a step would hide how little arrives from afar. Looks at the
 * longest {@value #ROWS} sequences of a batch.
 */
final class StackProbe implements PassProbe {
  private static final int ROWS = 16;
  private static final int GATE_STEPS = 32;

  private final RecurrentSpec spec;
  private final Queue queue;
  private final List<LagNorms> norms = new ArrayList<>();
  private final List<Saturation> saturations = new ArrayList<>();
  private @Nullable BufferScope scope;

  StackProbe(RecurrentSpec spec, Queue queue) {
    this.spec = spec;
    this.queue = queue;
    for (int run = 0; run < spec.runs(); run++) {
      norms.add(new LagNorms());
      saturations.add(new Saturation(spec));
    }
  }

  /**
   * Whether the lag of a run is that of its own recurrence. Below the last layer of a bidirectional
   * stack gradients arrive from both ends.
   */
  boolean measures(int run) {
    return spec.directions() == 1 || run >= spec.runs() - spec.directions();
  }

  LagNorms norms(int run) {
    return norms.get(run);
  }

  Saturation saturation(int run) {
    return saturations.get(run);
  }

  @Override
  public RecurrentPlan.Trace trace(PackedShape shape) {
    int every = Math.max(1, shape.steps() / GATE_STEPS);
    return new RecurrentPlan.Trace() {
      @Override
      public void forward(int run, int t, Matrix gates, @Nullable Matrix cell) {
        if (t % every == 0) {
          int rows = Math.min(ROWS, gates.rows());
          saturations.get(run).add(download(gates.rows(0, rows)), rows);
        }
      }

      @Override
      public void backward(int run, int t, Matrix dh) {
        int rows = Math.min(ROWS, dh.rows());
        double[] values = download(dh.rows(0, rows));
        for (int r = 0; r < rows; r++) {
          double square = 0;
          for (int u = 0; u < dh.columns(); u++) {
            double value = values[r * dh.columns() + u];
            square += value * value;
          }
          int length = shape.length(shape.callerRow(r));
          norms.get(run).add(isReverse(run) ? t : length - 1 - t, square);
        }
      }
    };
  }

  private boolean isReverse(int run) {
    return run % spec.directions() == 1;
  }

  private double[] download(Matrix matrix) {
    Device device = queue.device();
    double[] values = new double[Math.toIntExact(matrix.size())];
    ElementType real = device.realType();
    if (matrix.buffer().type() == real) {
      queue.download(matrix, values, 0);
      return values;
    }
    try (BufferScope scratch = new BufferScope(device, "gradient flow")) {
      Matrix reals = scratch.reals("gates", matrix.rows(), matrix.columns());
      queue.copy(matrix, reals);
      queue.download(reals, values, 0);
      return values;
    }
  }

  @Override
  public @Nullable Matrix outputGradient(Queue on, PackedShape shape, @Nullable Matrix dOutput) {
    if (dOutput == null || shape.steps() == 0) {
      return dOutput;
    }
    BufferScope made = new BufferScope(on.device(), "gradient flow");
    scope = made;
    Matrix masked = made.reals("dOutput", dOutput.rows(), dOutput.columns());
    on.fill(masked, 0);
    int sequences = shape.stepRows(0);
    int[] ends = new int[sequences];
    int[] starts = new int[sequences];
    for (int i = 0; i < sequences; i++) {
      int row = shape.callerRow(i);
      ends[i] = shape.packedRow(shape.length(row) - 1, row);
      starts[i] = shape.packedRow(0, row);
    }
    for (int d = 0; d < spec.directions(); d++) {
      Matrix ids = made.integers("rows" + d, sequences);
      on.upload(d == 0 ? ends : starts, 0, ids);
      Matrix rows = made.reals("ends" + d, sequences, spec.stateSize());
      on.gatherRows(dOutput.columns(d * spec.stateSize(), spec.stateSize()), ids, rows);
      on.scatterAddRows(rows, ids, masked.columns(d * spec.stateSize(), spec.stateSize()));
    }
    return masked;
  }

  @Override
  public void end(Queue on) {
    if (scope != null) {
      on.synchronize();
      scope.close();
      scope = null;
    }
  }
}
