package io.carousel.train.metrics;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Whether predicted probabilities are what happens: the reliability curve and what follows from it.
 *
 * <p>The bins hold equal numbers of examples in the order of their probability (up to one; equal
 * probabilities stay in the order of the examples), since risks are crowded near 0 and bins of
 * equal width would be all but empty at the right.
 *
 * @param bins in the order of rising probability
 * @param brier mean of (p − y)², y being 1 of positives and 0 of negatives (Brier 1950)
 */
public record Calibration(List<Bin> bins, double brier) {
  /**
   * Some examples of similar probability.
   *
   * @param count of examples
   * @param predicted their mean probability
   * @param observed share of positives
   */
  public record Bin(int count, double predicted, double observed) {}

  /** Copies the bins. */
  public Calibration {
    bins = List.copyOf(bins);
  }

  /**
   * The calibration of probabilities.
   *
   * @param probabilities in [0, 1]
   * @param positive one per probability
   * @param bins at most so many, as many as examples when these are fewer
   * @throws IllegalArgumentException when there is no example, the lengths differ, or a value is no
   *     probability
   */
  public static Calibration of(double[] probabilities, boolean[] positive, int bins) {
    int n = probabilities.length;
    if (n == 0 || n != positive.length || bins < 1) {
      throw new IllegalArgumentException(
          "calibration of %d probabilities, %d labels in %d bins"
              .formatted(n, positive.length, bins));
    }
    double squares = 0;
    for (int i = 0; i < n; i++) {
      if (!(probabilities[i] >= 0 && probabilities[i] <= 1)) {
        throw new IllegalArgumentException(
            "example %d: %s is no probability".formatted(i, probabilities[i]));
      }
      double error = probabilities[i] - (positive[i] ? 1 : 0);
      squares += error * error;
    }
    int[] order =
        IntStream.range(0, n)
            .boxed()
            .sorted(Comparator.comparingDouble((Integer i) -> probabilities[i]))
            .mapToInt(Integer::intValue)
            .toArray();
    int count = Math.min(bins, n);
    List<Bin> filled = new ArrayList<>();
    for (int b = 0; b < count; b++) {
      int from = (int) ((long) n * b / count);
      int to = (int) ((long) n * (b + 1) / count);
      double predicted = 0;
      double observed = 0;
      for (int i = from; i < to; i++) {
        predicted += probabilities[order[i]];
        observed += positive[order[i]] ? 1 : 0;
      }
      filled.add(new Bin(to - from, predicted / (to - from), observed / (to - from)));
    }
    return new Calibration(filled, squares / n);
  }

  /**
   * Expected calibration error: the mean distance of predicted and observed over all examples, by
   * bins (Naeini, Cooper and Hauskrecht 2015, with bins of equal counts).
   */
  public double expectedError() {
    double sum = 0;
    int n = 0;
    for (Bin bin : bins) {
      sum += bin.count * Math.abs(bin.predicted - bin.observed);
      n += bin.count;
    }
    return sum / n;
  }
}
