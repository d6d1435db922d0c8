package io.carousel.flow;

import io.carousel.device.Activation;
import io.carousel.device.Cell;
import io.carousel.device.RecurrentSpec;

/** Counts saturated gates and dead units of one layer and direction. */
final class Saturation {
  private static final double SIGMOID_END = 0.05;
  private static final double TANH_END = 0.95;

  /** Which of its ends counts as saturated. */
  private record Block(Activation f, boolean lowOnly) {}

  private final Block[] blocks;
  private final int hidden;
  private final boolean[] alive;
  private final boolean relu;
  private long seen;
  private long saturated;

  Saturation(RecurrentSpec spec) {
    hidden = spec.hiddenSize();
    Activation gate = spec.gateActivation();
    Activation f = spec.activation();
    // the state is kept where f, and a GRU's z, are near 1: no fault
    blocks =
        switch (spec.cell()) {
          case RNN -> new Block[] {new Block(f, false)};
          case LSTM ->
              new Block[] {
                new Block(spec.coupledInputForget() ? Activation.IDENTITY : gate, false),
                new Block(gate, true),
                new Block(f, false),
                new Block(gate, false)
              };
          case GRU ->
              new Block[] {new Block(gate, false), new Block(gate, true), new Block(f, false)};
        };
    relu = spec.cell() == Cell.RNN && f.kind() == Activation.Kind.RELU;
    alive = new boolean[relu ? hidden : 0];
  }

  /**
   * Looks at the activations of a step.
   *
   * @param gates [rows, blocks·H]
   */
  void add(double[] gates, int rows) {
    for (int r = 0; r < rows; r++) {
      for (int b = 0; b < blocks.length; b++) {
        int first = (r * blocks.length + b) * hidden;
        for (int u = 0; u < hidden; u++) {
          count(blocks[b], gates[first + u], u);
        }
      }
    }
  }

  private void count(Block block, double y, int unit) {
    switch (block.f.kind()) {
      case SIGMOID, HARD_SIGMOID -> {
        seen++;
        saturated += y < SIGMOID_END || (!block.lowOnly && y > 1 - SIGMOID_END) ? 1 : 0;
      }
      case TANH -> {
        seen++;
        saturated += Math.abs(y) > TANH_END ? 1 : 0;
      }
      case SCALED_TANH -> {
        seen++;
        saturated += Math.abs(y) > TANH_END * Math.abs(block.f.alpha()) ? 1 : 0;
      }
      case RELU -> {
        if (relu && y > 0) {
          alive[unit] = true;
        }
      }
      default -> {} // has no two ends, or reaches them slowly
    }
  }

  double saturatedShare() {
    return seen == 0 ? 0 : (double) saturated / seen;
  }

  /** NaN where there are no ReLU units. */
  double deadShare() {
    if (!relu) {
      return Double.NaN;
    }
    long living = 0;
    for (boolean unit : alive) {
      living += unit ? 1 : 0;
    }
    return 1 - (double) living / alive.length;
  }
}
