package io.carousel.task.ecg;

import io.carousel.data.IndexRange;

/** How far a forecast is from what came. */
public final class ForecastError {
  private ForecastError() {}

  /**
   * The root of the mean squared error over {@code range}, in the unit of the signal.
   *
   * @param signal {@code [T]}
   * @param forecast {@code [T]}, entry t being the forecast of {@code signal[t]}
   * @throws IllegalArgumentException when the lengths differ, the range is empty or reaches outside
   *     of the signal, or a value in it is not finite
   */
  public static double rmse(float[] signal, float[] forecast, IndexRange range) {
    if (signal.length != forecast.length) {
      throw new IllegalArgumentException(
          signal.length + " samples, but " + forecast.length + " forecasts");
    }
    range.within(signal.length);
    if (range.length() == 0) {
      throw new IllegalArgumentException("no samples to compare in " + range);
    }
    double squares = 0;
    for (int t = range.from(); t < range.to(); t++) {
      double error = (double) signal[t] - forecast[t];
      if (!Double.isFinite(error)) {
        throw new IllegalArgumentException(
            "sample " + t + " is " + signal[t] + ", its forecast " + forecast[t]);
      }
      squares += error * error;
    }
    return Math.sqrt(squares / range.length());
  }
}
