package io.carousel.train.metrics;

import java.util.Arrays;

/**
 * Area under the receiver operating characteristic: the probability that a positive scores above a
 * negative, ties counting one half.
 *
 * <p>Exact, by mid-ranks: (sum of the positives' ranks − P(P+1)/2) / (P·N), the Mann-Whitney U
 * statistic divided by the number of pairs (Hanley and McNeil, Radiology 143, 1982, 29-36).
 */
public final class Auroc {
  private Auroc() {}

  /**
   * The area for {@code scores[i]} of example i, which is positive where {@code positive[i]}.
   *
   * @return 1 when every positive scores above every negative, 0.5 for chance, 0 when all below
   * @throws IllegalArgumentException when the lengths differ, a score is NaN, or a class is absent
   */
  public static double of(double[] scores, boolean[] positive) {
    if (scores.length != positive.length) {
      throw new IllegalArgumentException(
          "AUROC needs one label per score, got "
              + scores.length
              + " scores and "
              + positive.length
              + " labels");
    }
    long positives = 0;
    for (int i = 0; i < scores.length; i++) {
      if (Double.isNaN(scores[i])) {
        throw new IllegalArgumentException("AUROC: the score of example " + i + " is NaN");
      }
      positives += positive[i] ? 1 : 0;
    }
    long negatives = scores.length - positives;
    if (positives == 0 || negatives == 0) {
      throw new IllegalArgumentException(
          "AUROC needs both classes, got "
              + positives
              + " positives and "
              + negatives
              + " negatives");
    }
    double u = positiveRankSum(scores, positive) - positives * (positives + 1) / 2.0;
    return u / ((double) positives * negatives);
  }

  private static double positiveRankSum(double[] scores, boolean[] positive) {
    double[] sorted = scores.clone();
    for (int i = 0; i < sorted.length; i++) {
      sorted[i] += 0.0; // Arrays.sort tells -0.0 from 0.0, a score does not
    }
    Arrays.sort(sorted);
    double sum = 0;
    for (int i = 0; i < scores.length; i++) {
      if (positive[i]) {
        sum += (count(sorted, scores[i], false) + 1 + count(sorted, scores[i], true)) / 2.0;
      }
    }
    return sum;
  }

  /** How many values are below {@code value}, or, with {@code orEqual}, not above it. */
  private static int count(double[] sorted, double value, boolean orEqual) {
    int low = 0;
    int high = sorted.length;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (sorted[middle] < value || (orEqual && sorted[middle] == value)) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }
}
