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
    double weights = 2.0 * spec.parameterCount(); // and their gradients
    if (fused) { // packed for forward and backward; sums of the gradients of one run at a time
      weights += 2.0 * spec.parameterCount() + largestRun(spec);
    }
    double reserve = rows * spec.runs() * spec.hiddenSize() * savedNumbers(spec.cell(), fused);
    double outputs = rows * out * (2 * spec.numLayers() - 1); // y of each, dX of all but the first
    double ofBatch = rows * (2.0 * spec.inputSize() + 2 * out + 1); // x, dX; targets, dY; weights
    int states = spec.cell().hasCellState() ? 4 : 2; // h0 (c0) and hN (cN)
    double ofStates = states * batch * spec.runs() * spec.hiddenSize();
    double numbers = weights + reserve + outputs + ofBatch + ofStates;
    return new Scaling(Cost.of(what, device).flop(), numbers * device.realType().bytes());
  }

  private static double largestRun(RecurrentSpec spec) {
    double in = Math.max(spec.inputSize(), spec.numLayers() > 1 ? spec.outputSize() : 0);
    return spec.gateRows() * (in + spec.hiddenSize());
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
