package io.carousel.lab;

import io.carousel.data.SequenceBatch;
import io.carousel.device.Matrix;
import io.carousel.device.Queue;
import io.carousel.device.RecurrentPlan;
import io.carousel.rnn.RecurrentLayer;
import io.carousel.rnn.SequenceModel;
import org.jspecify.annotations.Nullable;

/**
 * Gates and cell state of an LSTM of one layer over one sequence, as its forward pass told them.
 *
 * @param gates [T][4H]: i, f, g, o
 * @param cell [T][H]
 */
record GateTrace(double[][] gates, double[][] cell) {
  /** Runs a sequence of features through the model's stack. */
  static GateTrace of(SequenceModel model, SequenceBatch one) {
    int steps = one.shape().steps();
    Queue queue = model.queue();
    GateTrace trace = new GateTrace(new double[steps][], new double[steps][]);
    Matrix input = model.pool().lease(steps, one.featureCount());
    try {
      queue.upload(one.features(), 0, input);
      try (RecurrentLayer.Pass pass =
          model
              .recurrent()
              .forward(queue, one.shape(), input, null, null, 0, trace.listener(queue))) {
        queue.synchronize();
      }
    } finally {
      model.pool().release(input);
    }
    return trace;
  }

  private RecurrentPlan.Trace listener(Queue queue) {
    return new RecurrentPlan.Trace() {
      @Override
      public void forward(int run, int t, Matrix gatesOfStep, @Nullable Matrix cellOfStep) {
        gates[t] = download(queue, gatesOfStep);
        if (cellOfStep != null) {
          cell[t] = download(queue, cellOfStep);
        }
      }
    };
  }

  private static double[] download(Queue queue, Matrix row) {
    double[] values = new double[Math.toIntExact(row.size())];
    queue.download(row, values, 0);
    return values;
  }

  /** Gate k (0 i, 1 f, 2 g, 3 o) of a unit over time. */
  double[] gate(int k, int unit) {
    double[] values = new double[gates.length];
    for (int t = 0; t < values.length; t++) {
      values[t] = gates[t][k * cell[t].length + unit];
    }
    return values;
  }

  /** The cell state of a unit over time. */
  double[] cellOf(int unit) {
    double[] values = new double[cell.length];
    for (int t = 0; t < values.length; t++) {
      values[t] = cell[t][unit];
    }
    return values;
  }

  /** The unit whose cell state moves at the given steps and rests at all others. */
  int unitThatMovesAt(int first, int second) {
    int best = 0;
    double bestShare = -1;
    for (int unit = 0; unit < cell[0].length; unit++) {
      double[] c = cellOf(unit);
      double there = 0;
      double all = 1e-3;
      for (int t = 1; t < c.length; t++) {
        double move = Math.abs(c[t] - c[t - 1]);
        all += move;
        there += t == first || t == second ? move : 0;
      }
      if (there / all > bestShare) {
        bestShare = there / all;
        best = unit;
      }
    }
    return best;
  }
}
