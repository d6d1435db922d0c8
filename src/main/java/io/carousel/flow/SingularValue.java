package io.carousel.flow;

import java.util.Arrays;

/** The largest singular value of a matrix. */
public final class SingularValue {
  private static final int MOST = 200;
  private static final double CLOSE = 1e-6;

  private SingularValue() {}

  /**
   * By power iteration on AᵀA from a fixed start, to a relative change of 1e-6 or 200 iterations.
   *
   * @param a [rows, columns], row by row
   */
  public static double largest(double[] a, int rows, int columns) {
    double[] v = new double[columns];
    for (int c = 0; c < columns; c++) {
      v[c] = 1 + 0.37 * Math.sin(c * 12.9898 + 1); // in no special direction
    }
    double sigma = 0;
    for (int i = 0; i < MOST; i++) {
      double norm = norm(v);
      if (norm == 0) {
        return 0;
      }
      double[] image = new double[rows];
      double[] back = new double[columns];
      for (int r = 0; r < rows; r++) {
        double sum = 0;
        for (int c = 0; c < columns; c++) {
          sum += a[r * columns + c] * v[c] / norm;
        }
        image[r] = sum;
        for (int c = 0; c < columns; c++) {
          back[c] += a[r * columns + c] * sum;
        }
      }
      double next = norm(image);
      if (Math.abs(next - sigma) <= CLOSE * next) {
        return next;
      }
      sigma = next;
      v = back;
    }
    return sigma;
  }

  private static double norm(double[] x) {
    return Math.sqrt(Arrays.stream(x).map(value -> value * value).sum());
  }
}
