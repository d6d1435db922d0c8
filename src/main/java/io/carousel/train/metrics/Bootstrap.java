package io.carousel.train.metrics;

import io.carousel.device.RandomStream;
import java.util.Arrays;

/**
 * Confidence intervals of figures of merit by the percentile bootstrap (Efron and Tibshirani 1993,
 * chapter 13): examples are drawn again with replacement, as many as there are, and the figure is
 * computed anew each time. The same seed gives the same interval.
 */
public final class Bootstrap {
  private static final int RESAMPLES = 1000;
  private static final double CONFIDENCE = 0.95;

  private Bootstrap() {}

  /** A figure of scored examples, such as {@link Auroc#of}. */
  @FunctionalInterface
  public interface Figure {
    /** The figure for scores of examples that are positive or not. */
    double of(double[] scores, boolean[] positive);
  }

  /**
   * What an estimate may be.
   *
   * @param low lower bound
   * @param high upper bound
   */
  public record Interval(double low, double high) {}

  /**
   * The interval between the 2.5 % and 97.5 % points of 1,000 resamples. A resample without
   * positives or without negatives is drawn again.
   *
   * @param seed of the resamples
   * @throws IllegalArgumentException when a class is absent or the lengths differ
   */
  public static Interval interval(Figure figure, double[] scores, boolean[] positive, long seed) {
    figure.of(scores, positive); // checks them
    requireBoth(positive);
    RandomStream random = new RandomStream(seed, "bootstrap");
    double[] figures = new double[RESAMPLES];
    double[] drawn = new double[scores.length];
    boolean[] labels = new boolean[scores.length];
    for (int r = 0; r < RESAMPLES; r++) {
      int positives;
      do {
        positives = 0;
        for (int i = 0; i < drawn.length; i++) {
          int from = random.nextInt(drawn.length);
          drawn[i] = scores[from];
          labels[i] = positive[from];
          positives += labels[i] ? 1 : 0;
        }
      } while (positives == 0 || positives == drawn.length);
      figures[r] = figure.of(drawn, labels);
    }
    Arrays.sort(figures);
    double tail = (1 - CONFIDENCE) / 2;
    return new Interval(quantile(figures, tail), quantile(figures, 1 - tail));
  }

  private static void requireBoth(boolean[] positive) {
    boolean some = false;
    boolean all = true;
    for (boolean p : positive) {
      some |= p;
      all &= p;
    }
    if (!some || all) {
      throw new IllegalArgumentException("a bootstrap interval needs positives and negatives");
    }
  }

  /** Between the two nearest values, linearly. */
  private static double quantile(double[] sorted, double q) {
    double place = q * (sorted.length - 1);
    int below = (int) place;
    int above = Math.min(below + 1, sorted.length - 1);
    return sorted[below] + (place - below) * (sorted[above] - sorted[below]);
  }
}
