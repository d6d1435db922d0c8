package io.carousel.cli.bench;

import io.carousel.device.Cell;
import io.carousel.device.Device;
import io.carousel.device.PlanCapacity;
import io.carousel.device.PlanChoice;
import io.carousel.device.Precision;
import io.carousel.device.RecurrentSpec;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** For which stacks and batches a device offers a plan of its own; nothing runs. */
public final class Coverage {
  /** Units. */
  public static final List<Integer> UNITS = List.of(64, 128, 256, 384, 512, 640, 768, 1024);

  /** Sequences. */
  public static final List<Integer> BATCHES = List.of(1, 8, 16, 17, 64, 128);

  private static final int STEPS = 100;

  private Coverage() {}

  /**
   * A place of the grid: I = H, 100 steps.
   *
   * @param precision of the products
   * @param cell kind of cell
   * @param directions 1 or 2
   * @param lengths of the sequences
   * @param units H
   * @param batchSize N
   * @param whyNotFused the device's reason, null when it has a plan of its own
   */
  public record Place(
      Precision precision,
      Cell cell,
      int directions,
      BenchShape.Lengths lengths,
      int units,
      int batchSize,
      @Nullable String whyNotFused) {}

  /** Asks a device about the whole grid, in each precision. */
  public static List<Place> of(Device device, List<Precision> precisions) {
    List<Place> places = new ArrayList<>();
    for (Precision precision : precisions) {
      for (Cell cell : List.of(Cell.LSTM, Cell.GRU, Cell.RNN)) {
        for (int directions = 1; directions <= 2; directions++) {
          for (BenchShape.Lengths lengths : BenchShape.Lengths.values()) {
            for (int units : UNITS) {
              for (int batch : BATCHES) {
                places.add(place(device, precision, cell, directions, lengths, units, batch));
              }
            }
          }
        }
      }
    }
    return places;
  }

  private static Place place(
      Device device,
      Precision precision,
      Cell cell,
      int directions,
      BenchShape.Lengths lengths,
      int units,
      int batch) {
    BenchShape shape = new BenchShape(STEPS, batch, units, units, 1, lengths);
    RecurrentSpec spec =
        new BenchCase(cell, shape, directions, BenchMode.FWDBWD, PlanChoice.AUTO, precision).spec();
    String why = device.whyNotFused(spec, PlanCapacity.of(shape.packed()));
    return new Place(precision, cell, directions, lengths, units, batch, why);
  }
}
