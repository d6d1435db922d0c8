package io.carousel.cli.bench;

import io.carousel.device.Cell;
import io.carousel.device.PlanChoice;
import io.carousel.device.Precision;
import io.carousel.device.RecurrentSpec;
import java.util.Locale;

/**
 * What is measured.
 *
 * @param cell kind of cell
 * @param shape of stack and batch
 * @param directions 1 or 2
 * @param mode what a step does
 * @param plan which plan runs
 * @param precision of the products
 */
public record BenchCase(
    Cell cell,
    BenchShape shape,
    int directions,
    BenchMode mode,
    PlanChoice plan,
    Precision precision) {
  private static final int MOST_LAYERS = 1024;

  /** Checks that the sizes can be held, and makes streaming one step of one sequence. */
  public BenchCase {
    if (directions != 1 && directions != 2) {
      throw new IllegalArgumentException("directions must be 1 or 2, got " + directions);
    }
    if (mode == BenchMode.STREAM) {
      if (directions == 2) {
        throw new IllegalArgumentException("a stream runs forward only: directions must be 1");
      }
      if (shape.lengths() == BenchShape.Lengths.RAGGED) {
        throw new IllegalArgumentException("a stream has one step: lengths must be dense");
      }
      shape = new BenchShape(1, 1, shape.inputSize(), shape.hiddenSize(), shape.layers());
    }
    require("layers", shape.layers(), MOST_LAYERS);
    require("T*B", (double) shape.steps() * shape.batchSize(), Integer.MAX_VALUE);
    double runs = (double) shape.layers() * directions;
    require("layers*directions*B", runs * shape.batchSize(), Integer.MAX_VALUE);
    require("gates*H", (double) cell.gates() * shape.hiddenSize(), Integer.MAX_VALUE);
  }

  private static void require(String name, double value, int most) {
    if (value > most) {
      throw new IllegalArgumentException(
          String.format(Locale.ROOT, "%s is %.0f, more than %d", name, value, most));
    }
  }

  /** The stack. */
  public RecurrentSpec spec() {
    RecurrentSpec one =
        switch (cell) {
          case RNN -> RecurrentSpec.rnn(shape.inputSize(), shape.hiddenSize());
          case LSTM -> RecurrentSpec.lstm(shape.inputSize(), shape.hiddenSize());
          case GRU -> RecurrentSpec.gru(shape.inputSize(), shape.hiddenSize());
        };
    return one.withNumLayers(shape.layers())
        .withBidirectional(directions == 2)
        .withPrecision(precision);
  }
}
