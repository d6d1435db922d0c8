package io.carousel.task.ecg;

/**
 * The sums that a regression of y[t+h] on y[t], y[t−1], …, y[t−p+1] needs, over every t where all
 * of them exist.
 */
final class LagProducts {
  private final int lags;
  private final double count;
  private final double[] lagSums;
  private final double targetSum;
  private final double[][] products;
  private final double[] targetProducts;

  LagProducts(double[] y, int lags, int horizon) {
    this.lags = lags;
    int first = lags - 1;
    int last = y.length - 1 - horizon;
    count = last - first + 1;
    lagSums = new double[lags];
    targetProducts = new double[lags];
    products = new double[lags][lags];
    double[] firstRow = products[0];
    double target = 0;
    for (int t = first; t <= last; t++) {
      target += y[t + horizon];
      for (int j = 0; j < lags; j++) {
        lagSums[j] += y[t - j];
        targetProducts[j] += y[t + horizon] * y[t - j];
        firstRow[j] += y[t] * y[t - j];
      }
    }
    targetSum = target;
    // one lag more on both sides moves the window by one sample: add the new first, drop the last
    for (int i = 1; i < lags; i++) {
      products[i][0] = firstRow[i];
      for (int j = 1; j < lags; j++) {
        products[i][j] =
            products[i - 1][j - 1]
                + y[first - i] * y[first - j]
                - y[last + 1 - i] * y[last + 1 - j];
      }
    }
  }

  double lagMean(int lag) {
    return lagSums[lag] / count;
  }

  double targetMean() {
    return targetSum / count;
  }

  /** The mean over the lags of the lag's variance. */
  double meanVariance() {
    double sum = 0;
    for (int i = 0; i < lags; i++) {
      sum += products[i][i] / count - lagMean(i) * lagMean(i);
    }
    return sum / lags;
  }

  /** Covariances of the lags, {@code [lags, lags]}, with {@code ridge} added to the diagonal. */
  double[][] covariance(double ridge) {
    double[][] covariance = new double[lags][lags];
    for (int i = 0; i < lags; i++) {
      for (int j = 0; j < lags; j++) {
        covariance[i][j] = products[i][j] / count - lagMean(i) * lagMean(j);
      }
      covariance[i][i] += ridge;
    }
    return covariance;
  }

  /** Covariances of the lags with the target, {@code [lags]}. */
  double[] targetCovariance() {
    double[] covariance = new double[lags];
    for (int i = 0; i < lags; i++) {
      covariance[i] = targetProducts[i] / count - lagMean(i) * targetMean();
    }
    return covariance;
  }
}
