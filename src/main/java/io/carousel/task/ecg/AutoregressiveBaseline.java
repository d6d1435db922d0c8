package io.carousel.task.ecg;

import java.util.Arrays;

/**
 * The best linear forecast: x̂[t+h] = intercept + Σ_i weight[i]·x[t−i], i = 0 … p−1, with the
 * weights that make the squared error over the training signal least.
 *
 * <p>One regression for the horizon itself, not one step iterated. Fitted in double precision by
 * the normal equations (the "covariance method"), whose matrix follows from its first row in O(p²).
 * A ridge of 10⁻¹⁰ times the mean variance of the lags is added to the diagonal, so that signals
 * with exact linear dependencies have a solution; on real signals it changes nothing visible.
 * Immutable.
 */
public final class AutoregressiveBaseline implements Forecaster {
  private static final double RIDGE = 1e-10;

  private final double[] weights;
  private final double intercept;
  private final int horizon;

  private AutoregressiveBaseline(double[] weights, double intercept, int horizon) {
    this.weights = weights;
    this.intercept = intercept;
    this.horizon = horizon;
  }

  /**
   * Fits a forecast {@code horizon} samples ahead from the last {@code contextLength} samples.
   *
   * @param training the signal to fit, finite, with more examples than unknowns: at least {@code 2
   *     · contextLength + horizon + 1} samples
   * @throws IllegalArgumentException when the signal is too short, constant or not finite, or a
   *     length is below 1
   */
  public static AutoregressiveBaseline fit(float[] training, int contextLength, int horizon) {
    if (contextLength < 1 || horizon < 1) {
      throw new IllegalArgumentException(
          "contextLength and horizon must be positive, got " + contextLength + " and " + horizon);
    }
    int needed = 2 * contextLength + horizon + 1;
    if (training.length < needed) {
      throw new IllegalArgumentException(
          "AR(%d), %d ahead, needs %d training samples or more, got %d"
              .formatted(contextLength, horizon, needed, training.length));
    }
    double mean = mean(training);
    double[] y = new double[training.length];
    for (int i = 0; i < y.length; i++) {
      y[i] = training[i] - mean; // keeps the sums of products small
    }
    LagProducts products = new LagProducts(y, contextLength, horizon);
    double variance = products.meanVariance();
    if (!(variance > 0)) {
      throw new IllegalArgumentException("cannot fit an AR model to a constant signal");
    }
    double[] weights =
        Cholesky.solve(products.covariance(RIDGE * variance), products.targetCovariance());
    double intercept = mean + products.targetMean();
    for (int i = 0; i < contextLength; i++) {
      intercept -= weights[i] * (mean + products.lagMean(i));
    }
    return new AutoregressiveBaseline(weights, intercept, horizon);
  }

  private static double mean(float[] signal) {
    double sum = 0;
    for (int i = 0; i < signal.length; i++) {
      if (!Float.isFinite(signal[i])) {
        throw new IllegalArgumentException(
            "cannot fit an AR model: sample " + i + " is " + signal[i]);
      }
      sum += signal[i];
    }
    return sum / signal.length;
  }

  @Override
  public int contextLength() {
    return weights.length;
  }

  @Override
  public int horizon() {
    return horizon;
  }

  /** The weight of the sample {@code i} steps before the last one, per i; a new array. */
  public double[] weights() {
    return weights.clone();
  }

  /** The constant term, in the unit of the signal. */
  public double intercept() {
    return intercept;
  }

  @Override
  public float[] forecast(float[] signal) {
    float[] forecast = new float[signal.length];
    int first = Math.min(weights.length + horizon - 1, signal.length);
    Arrays.fill(forecast, 0, first, Float.NaN);
    for (int t = first; t < signal.length; t++) {
      double sum = intercept;
      for (int i = 0; i < weights.length; i++) {
        sum += weights[i] * signal[t - horizon - i];
      }
      forecast[t] = (float) sum;
    }
    return forecast;
  }
}
