package io.carousel.train.metrics;

import java.util.List;

/**
 * How often each true class was taken for each class. Not thread-safe.
 *
 * <p>Sensitivity (recall) is TP/(TP+FN), positive predictive value (precision) TP/(TP+FP), F1 their
 * harmonic mean 2TP/(2TP+FP+FN). A figure whose denominator is 0 is 0, except that macro-F1 leaves
 * classes out that neither occur nor are predicted.
 */
public final class ConfusionMatrix {
  private final List<String> classes;
  private final long[][] counts;

  /** An empty matrix over classes 0 up. */
  public ConfusionMatrix(List<String> classes) {
    this.classes = List.copyOf(classes);
    counts = new long[classes.size()][classes.size()];
  }

  /** Counts an example. */
  public void add(int truth, int predicted) {
    counts[truth][predicted]++;
  }

  /** Names of the classes. */
  public List<String> classes() {
    return classes;
  }

  /** Examples of a true class that were taken for a class. */
  public long count(int truth, int predicted) {
    return counts[truth][predicted];
  }

  /** Examples of a true class. */
  public long support(int truth) {
    long sum = 0;
    for (long count : counts[truth]) {
      sum += count;
    }
    return sum;
  }

  /** Examples that were taken for a class. */
  public long predicted(int as) {
    long sum = 0;
    for (long[] row : counts) {
      sum += row[as];
    }
    return sum;
  }

  /** All examples. */
  public long total() {
    long sum = 0;
    for (int c = 0; c < counts.length; c++) {
      sum += support(c);
    }
    return sum;
  }

  /** Share of the examples that were recognised. */
  public double accuracy() {
    long right = 0;
    for (int c = 0; c < counts.length; c++) {
      right += counts[c][c];
    }
    return ratio(right, total());
  }

  /** Share of a class that was recognised: recall. */
  public double sensitivity(int c) {
    return ratio(counts[c][c], support(c));
  }

  /** Share of what was taken for a class that is of it: precision. */
  public double positivePredictiveValue(int c) {
    return ratio(counts[c][c], predicted(c));
  }

  /** Harmonic mean of the two. */
  public double f1(int c) {
    return ratio(2 * counts[c][c], support(c) + predicted(c));
  }

  /** Mean F1 over the classes that occur or are predicted. */
  public double macroF1() {
    double sum = 0;
    int present = 0;
    for (int c = 0; c < counts.length; c++) {
      if (support(c) + predicted(c) > 0) {
        sum += f1(c);
        present++;
      }
    }
    return present == 0 ? 0 : sum / present;
  }

  private static double ratio(long part, long all) {
    return all == 0 ? 0 : (double) part / all;
  }
}
