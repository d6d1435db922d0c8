package io.carousel.lab;

import java.util.Arrays;

/** Figures of predictions and of repetitions. */
final class Scores {
  private Scores() {}

  /** The value in the middle; the mean of the two in the middle of an even number. */
  static double median(double... values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }

  /**
   * The class of the largest output in each row.
   *
   * @param outputs [rows, classes]
   */
  static int[] largest(double[] outputs, int rows) {
    int classes = outputs.length / rows;
    int[] best = new int[rows];
    for (int row = 0; row < rows; row++) {
      for (int c = 1; c < classes; c++) {
        if (outputs[row * classes + c] > outputs[row * classes + best[row]]) {
          best[row] = c;
        }
      }
    }
    return best;
  }

  /** Share of answers that are those of the labels. */
  static double agreement(int[] answers, int... labels) {
    int right = 0;
    for (int i = 0; i < labels.length; i++) {
      right += answers[i] == labels[i] ? 1 : 0;
    }
    return (double) right / labels.length;
  }

  /**
   * Share of rows whose largest output is that of their label.
   *
   * @param outputs [labels.length, classes]
   */
  static double accuracy(double[] outputs, int... labels) {
    return agreement(largest(outputs, labels.length), labels);
  }

  /** The largest |a - b|; NaN where one is. */
  static double largestDifference(double[] a, double[] b) {
    double largest = 0;
    for (int i = 0; i < a.length; i++) {
      largest = Math.max(largest, Math.abs(a[i] - b[i]));
    }
    return largest;
  }
}
