package io.carousel.cli.bench;

import io.carousel.device.Cell;
import io.carousel.device.Device;
import io.carousel.device.RecurrentSpec;

/**
 * What the formulas say about a training step as its sizes grow; docs/performance.md derives them.
 *
 * @param seconds per step by the formula, up to a factor: the floating-point operations
 * @param deviceBytes in open buffers at most
 */
public record Scaling(double seconds, double deviceBytes) {
  // rows of W and of its gradient that are held, and copies of W that a fused plan has packed
  private static final int WEIGHTS = 2;
  private static final int PACKED_WEIGHTS = 2;

  /**
   * The formulas of a case of mode train.
   *
   * @param what the case
   * @param device where it runs
   * @param fused whether by the device's own plan, not step by step
   */
  public static Scaling of(BenchCase what, Device device, boolean fused) {
    RecurrentSpec spec = what.spec();
    double rows = what.shape().packed().rows();
    double batch = what.shape().batchSize();
    double out = spec.outputSize();
    double weights = spec.parameterCount() * (double) (WEIGHTS + (fused ? PACKED_WEIGHTS : 0));
    double reserve = rows * spec.runs() * spec.hiddenSize() * savedNumbers(spec.cell(), fused);
    double outputs = rows * out * (2 * spec.numLayers() - 1); // y of each, dX of all but the first
    double ofBatch = rows * (2.0 * spec.inputSize() + 2 * out + 1); // x, dX; targets, dY; weights
    int states = spec.cell().hasCellState() ? 4 : 2; // h0 (c0) and hN (cN)
    double ofStates = states * batch * spec.runs() * spec.hiddenSize();
    double numbers = weights + reserve + outputs + ofBatch + ofStates;
    return new Scaling(Cost.of(what, device).flop(), numbers * device.realType().bytes());
  }

  /**
   * Numbers that a pass keeps for each time step, sequence and unit, besides the output: gates (of
   * a GRU those of x and of h, and fused one value more), and the states before the step.
   */
  static int savedNumbers(Cell cell, boolean fused) {
    return switch (cell) {
      case RNN -> 1 + 1;
      case LSTM -> 4 + 2;
      case GRU -> (fused ? 4 : 2 * 3) + 1;
    };
  }
}
