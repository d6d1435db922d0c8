package io.carousel.task.ecg.anomaly;

import java.util.Arrays;
import java.util.List;

/**
 * The normal distribution of the errors that normal beats are given back with, place by place: an
 * error that normal beats have too says little, and neighbouring errors are not counted twice. The
 * score of Malhotra et al., "LSTM-based encoder-decoder for multi-sensor anomaly detection", 2016.
 *
 * @param mean [length]
 * @param factor lower triangular L [length, length] of the covariance Σ = L·Lᵀ, row-major
 */
record ErrorDistribution(double[] mean, double[] factor) {
  /** Of the mean squared error, added to the variances: there may be fewer beats than values. */
  private static final double RIDGE = 0.5;

  /** Checks that the factor can be divided by. */
  ErrorDistribution {
    if (factor.length != mean.length * mean.length) {
      throw new IllegalArgumentException(
          "%d means need %d factors, got %d"
              .formatted(mean.length, mean.length * mean.length, factor.length));
    }
    for (int i = 0; i < mean.length; i++) {
      if (!(factor[i * mean.length + i] > 0)) {
        throw new IllegalArgumentException("the factor of a covariance is not positive at " + i);
      }
    }
  }

  /** Uncorrelated errors of variance 1: the score is the mean squared error. */
  static ErrorDistribution standard(int length) {
    double[] factor = new double[length * length];
    for (int i = 0; i < length; i++) {
      factor[i * length + i] = 1;
    }
    return new ErrorDistribution(new double[length], factor);
  }

  /**
   * The distribution of given errors.
   *
   * @param errors [length] each, at least two of them
   */
  static ErrorDistribution of(List<double[]> errors) {
    int length = errors.get(0).length;
    int count = errors.size();
    double[] mean = new double[length];
    double squares = 0;
    for (double[] error : errors) {
      for (int t = 0; t < length; t++) {
        mean[t] += error[t] / count;
        squares += error[t] * error[t] / ((double) count * length);
      }
    }
    double[] factor = new double[length * length];
    for (double[] error : errors) {
      for (int i = 0; i < length; i++) {
        for (int j = 0; j <= i; j++) {
          factor[i * length + j] += (error[i] - mean[i]) * (error[j] - mean[j]) / (count - 1);
        }
      }
    }
    for (int i = 0; i < length; i++) {
      // errors of zero everywhere have no distribution; a hair keeps it positive definite
      factor[i * length + i] += RIDGE * squares + 1e-12;
    }
    factorize(factor, length);
    return new ErrorDistribution(mean, factor);
  }

  /** Cholesky's decomposition of the lower triangle, in place. */
  private static void factorize(double[] a, int n) {
    for (int i = 0; i < n; i++) {
      for (int j = 0; j <= i; j++) {
        double sum = a[i * n + j];
        for (int k = 0; k < j; k++) {
          sum -= a[i * n + k] * a[j * n + k];
        }
        a[i * n + j] = i > j ? sum / a[j * n + j] : Math.sqrt(sum);
      }
    }
  }

  /** How unusual an error is: (e − μ)ᵀ·Σ⁻¹·(e − μ) / length; around 1 for those it was made of. */
  double score(double[] error) {
    int n = mean.length;
    double[] x = new double[n];
    for (int i = 0; i < n; i++) {
      x[i] = error[i] - mean[i];
      for (int k = 0; k < i; k++) {
        x[i] -= factor[i * n + k] * x[k];
      }
      x[i] /= factor[i * n + i];
    }
    return Arrays.stream(x).map(v -> v * v).sum() / n;
  }
}
