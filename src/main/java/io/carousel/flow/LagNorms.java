package io.carousel.flow;

import java.util.Arrays;

/** Squared gradient norms summed up by time lag. */
final class LagNorms {
  private double[] squares = new double[64];
  private long[] counts = new long[64];
  private int lags;

  void add(int lag, double square) {
    if (lag >= squares.length) {
      int length = Math.max(lag + 1, 2 * squares.length);
      squares = Arrays.copyOf(squares, length);
      counts = Arrays.copyOf(counts, length);
    }
    squares[lag] += square;
    counts[lag]++;
    lags = Math.max(lags, lag + 1);
  }

  /** Whether no pass was seen. */
  boolean isEmpty() {
    return lags == 0;
  }

  /** How many lags one of at most {@code most} numbers stands for. */
  int step(int most) {
    return Math.max(1, (lags + most - 1) / most);
  }

  /** Root mean squares at lags 0, step, 2·step, …; NaN where a lag was not seen. */
  double[] norms(int step) {
    double[] norms = new double[(lags + step - 1) / step];
    for (int i = 0; i < norms.length; i++) {
      norms[i] = Math.sqrt(squares[i * step] / counts[i * step]);
    }
    return norms;
  }
}
