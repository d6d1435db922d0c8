package io.carousel.cli.bench;

import java.util.Arrays;
import java.util.List;

/**
 * The spread of measured times, in seconds.
 *
 * @param count how many were measured
 * @param median half were shorter
 * @param p10 a tenth were shorter
 * @param p90 nine tenths were shorter
 * @param p99 99 in 100 were shorter
 * @param min the shortest
 * @param max the longest
 */
public record Durations(
    int count, double median, double p10, double p90, double p99, double min, double max) {

  /** The spread of at least one time, given in nanoseconds, in any number of turns. */
  static Durations of(List<long[]> nanos) {
    long[] sorted = nanos.stream().flatMapToLong(Arrays::stream).sorted().toArray();
    return new Durations(
        sorted.length,
        quantile(sorted, 0.5),
        quantile(sorted, 0.1),
        quantile(sorted, 0.9),
        quantile(sorted, 0.99),
        quantile(sorted, 0),
        quantile(sorted, 1));
  }

  /** Linear between the neighbours. */
  private static double quantile(long[] sorted, double fraction) {
    double place = fraction * (sorted.length - 1);
    int below = (int) place;
    int above = Math.min(below + 1, sorted.length - 1);
    return (sorted[below] + (place - below) * (sorted[above] - sorted[below])) / 1e9;
  }
}
