package io.carousel.task.ecg;

import java.util.Arrays;

/**
 * Marks the beats whose score is far above that of the usual training beat, without knowing any
 * label: score &gt; median + k·spread.
 *
 * <p>Abnormal beats raise scores and do not lower them. So the spread is taken below the median,
 * where few of them are: 1.4826 times the median distance of the scores that are not above it (the
 * lower half of the median absolute deviation; 1.4826 makes it the standard deviation of normally
 * distributed scores). It stays meaningful as long as most training beats are normal.
 */
public final class AbnormalBeats {
  /**
   * The k used unless another is asked for; of normally distributed scores it marks 2 %. Low,
   * because many abnormal beats raise the median too. Chosen with the annotations of MIT-BIH record
   * 208 in view, where a quarter of the beats are abnormal: other records may want another k.
   */
  public static final double DEFAULT_K = 2;

  private static final double NORMAL_CONSISTENCY = 1.4826;

  private final double threshold;

  private AbnormalBeats(double threshold) {
    this.threshold = threshold;
  }

  /**
   * Fits the threshold.
   *
   * @param trainingScores scores of training beats; NaN (not scored) is left out
   * @param k spreads above the median, positive
   * @throws IllegalArgumentException when no beat is scored or k is not positive
   */
  public static AbnormalBeats fit(double[] trainingScores, double k) {
    if (!(k > 0 && k < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException("k must be positive, got " + k);
    }
    double[] scores =
        Arrays.stream(trainingScores).filter(score -> !Double.isNaN(score)).sorted().toArray();
    if (scores.length == 0) {
      throw new IllegalArgumentException("no training beat has a score");
    }
    double median = median(scores);
    double[] below =
        Arrays.stream(scores).filter(s -> s <= median).map(s -> median - s).sorted().toArray();
    return new AbnormalBeats(median + k * NORMAL_CONSISTENCY * median(below));
  }

  private static double median(double[] sorted) {
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }

  /** Scores above this are marked; in the unit of the scores. */
  public double threshold() {
    return threshold;
  }

  /** Whether each beat is marked; a beat without a score (NaN) is not. */
  public boolean[] mark(double[] scores) {
    boolean[] marked = new boolean[scores.length];
    for (int beat = 0; beat < scores.length; beat++) {
      marked[beat] = scores[beat] > threshold;
    }
    return marked;
  }
}
