package io.carousel.train.metrics;

import java.util.Comparator;
import java.util.stream.IntStream;

/**
 * Average precision, the area under the curve of precision over recall without interpolation: Σ_n
 * (R_n − R_{n−1})·P_n, where P_n and R_n are precision and recall when everything that scores at
 * least the n-th highest distinct score is taken for positive.
 *
 * <p>Equal scores share one threshold, so their order does not matter. This is the definition of
 * scikit-learn's {@code average_precision_score}; the trapezoidal rule would be too optimistic
 * (Davis and Goadrich, ICML 2006). By chance it is the share of positives.
 */
public final class AveragePrecision {
  private AveragePrecision() {}

  /**
   * The average precision for {@code scores[i]} of example i, which is positive where {@code
   * positive[i]}.
   *
   * @return 1 when every positive scores above every negative
   * @throws IllegalArgumentException when the lengths differ, a score is NaN, or there is no
   *     positive
   */
  public static double of(double[] scores, boolean[] positive) {
    int[] order = descending(scores, positive);
    double sum = 0;
    long found = 0;
    for (int from = 0; from < order.length; ) {
      int to = from;
      long foundHere = 0;
      while (to < order.length && scores[order[to]] == scores[order[from]]) {
        foundHere += positive[order[to]] ? 1 : 0;
        to++;
      }
      found += foundHere;
      sum += foundHere * (double) found / to;
      from = to;
    }
    if (found == 0) {
      throw new IllegalArgumentException("average precision needs a positive example, got none");
    }
    return sum / found;
  }

  private static int[] descending(double[] scores, boolean[] positive) {
    if (scores.length != positive.length) {
      throw new IllegalArgumentException(
          "average precision needs one label per score, got %d scores and %d labels"
              .formatted(scores.length, positive.length));
    }
    for (int i = 0; i < scores.length; i++) {
      if (Double.isNaN(scores[i])) {
        throw new IllegalArgumentException(
            "average precision: the score of example " + i + " is NaN");
      }
    }
    return IntStream.range(0, scores.length)
        .boxed()
        .sorted(Comparator.comparingDouble((Integer i) -> -scores[i]))
        .mapToInt(Integer::intValue)
        .toArray();
  }
}
