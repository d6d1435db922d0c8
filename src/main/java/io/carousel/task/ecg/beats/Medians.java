package io.carousel.task.ecg.beats;

import java.util.Arrays;

/** The middle of numbers. */
final class Medians {
  private Medians() {}

  /** The median; 0 of none. */
  static double of(double[] values) {
    return quantile(values, 0.5);
  }

  /** The value that {@code share} of the values do not exceed; 0 of none. */
  static double quantile(double[] values, double share) {
    if (values.length == 0) {
      return 0;
    }
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    return sorted[(int) Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
  }
}
