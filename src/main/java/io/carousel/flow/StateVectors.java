package io.carousel.flow;

import io.carousel.device.RecurrentSpec;
import org.jspecify.annotations.Nullable;

/**
 * States of one layer for N sequences on the host, or gradients with respect to them. The arrays
 * are not copied.
 *
 * @param h [N, R]
 * @param c [N, H] of an LSTM, else null
 */
public record StateVectors(double[] h, double @Nullable [] c) {
  /** Zeros. */
  public static StateVectors zeros(RecurrentSpec spec, int rows) {
    return new StateVectors(
        new double[rows * spec.stateSize()],
        spec.cell().hasCellState() ? new double[rows * spec.hiddenSize()] : null);
  }

  /** N. */
  public int rows(RecurrentSpec spec) {
    return h.length / spec.stateSize();
  }

  /** Each of the N sequences so many times, one after the other. */
  public StateVectors repeated(int times) {
    return new StateVectors(repeated(h, times), c == null ? null : repeated(c, times));
  }

  /** The values so many times, one after the other. */
  public static double[] repeated(double[] values, int times) {
    double[] all = new double[Math.multiplyExact(values.length, times)];
    for (int i = 0; i < times; i++) {
      System.arraycopy(values, 0, all, i * values.length, values.length);
    }
    return all;
  }

  /** [N, R + H]: each sequence's h and c, side by side; h alone where there is no c. */
  public double[] sideBySide(RecurrentSpec spec) {
    int r = spec.stateSize();
    int width = r + (c == null ? 0 : spec.hiddenSize());
    double[] all = new double[rows(spec) * width];
    for (int row = 0; row < rows(spec); row++) {
      System.arraycopy(h, row * r, all, row * width, r);
      if (c != null) {
        System.arraycopy(c, row * (width - r), all, row * width + r, width - r);
      }
    }
    return all;
  }

  /** The other way round. */
  static StateVectors parted(RecurrentSpec spec, int rows, double[] sideBySide) {
    StateVectors parts = zeros(spec, rows);
    int r = spec.stateSize();
    int width = sideBySide.length / rows;
    for (int row = 0; row < rows; row++) {
      System.arraycopy(sideBySide, row * width, parts.h, row * r, r);
      if (parts.c != null) {
        System.arraycopy(sideBySide, row * width + r, parts.c, row * (width - r), width - r);
      }
    }
    return parts;
  }

  void requireFit(RecurrentSpec spec) {
    int rows = rows(spec);
    boolean cellFits =
        spec.cell().hasCellState() ? c != null && c.length == rows * spec.hiddenSize() : c == null;
    if (rows < 1 || h.length != rows * spec.stateSize() || !cellFits) {
      throw new IllegalArgumentException(
          "h of %d and c of %s numbers are no states of %s [R=%d, H=%d]"
              .formatted(
                  h.length,
                  c == null ? "no" : c.length,
                  spec.cell(),
                  spec.stateSize(),
                  spec.hiddenSize()));
    }
  }
}
