package io.carousel.task.ecg;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carousel.data.Refusal;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class AutoregressiveBaselineTest {
  /** x[t] = 0.7·x[t−1] − 0.5·x[t−2] + 3 + noise. */
  private static float[] autoregression(int length, double noise) {
    Random random = new Random(11);
    double[] x = new double[length];
    for (int t = 2; t < length; t++) {
      x[t] = 0.7 * x[t - 1] - 0.5 * x[t - 2] + 3 + noise * random.nextGaussian();
    }
    float[] signal = new float[length];
    for (int t = 0; t < length; t++) {
      signal[t] = (float) x[t];
    }
    return signal;
  }

  @Test
  void recoversTheWeightsOfAnAutoregression() {
    AutoregressiveBaseline oneAhead = AutoregressiveBaseline.fit(autoregression(200_000, 1), 3, 1);
    assertArrayEquals(new double[] {0.7, -0.5, 0}, oneAhead.weights(), 0.01);
    assertEquals(3, oneAhead.intercept(), 0.05);
    // two steps: 0.7·(0.7·x1 − 0.5·x2 + 3) − 0.5·x1 + 3
    AutoregressiveBaseline twoAhead = AutoregressiveBaseline.fit(autoregression(200_000, 1), 2, 2);
    assertArrayEquals(new double[] {0.49 - 0.5, -0.35}, twoAhead.weights(), 0.01);
    assertEquals(5.1, twoAhead.intercept(), 0.05);
  }

  @Test
  void isTheLeastSquaresSolution() {
    float[] signal = autoregression(400, 1);
    int lags = 7;
    int horizon = 3;
    AutoregressiveBaseline fitted = AutoregressiveBaseline.fit(signal, lags, horizon);
    float[] forecast = fitted.forecast(signal);
    // at the least squares solution the errors are orthogonal to every regressor and to 1
    double[] gradient = new double[lags + 1];
    for (int t = lags - 1 + horizon; t < signal.length; t++) {
      double error = (double) signal[t] - forecast[t];
      gradient[lags] += error;
      for (int i = 0; i < lags; i++) {
        gradient[i] += error * signal[t - horizon - i];
      }
    }
    assertArrayEquals(new double[lags + 1], gradient, 2e-4);
  }

  @Test
  void forecastsASineExactlyAlthoughItsLagsAreDependent() {
    float[] sine = new float[2000];
    for (int t = 0; t < sine.length; t++) {
      sine[t] = (float) Math.sin(0.05 * t) + 10;
    }
    float[] forecast = AutoregressiveBaseline.fit(sine, 20, 30).forecast(sine);
    for (int t = 49; t < sine.length; t++) {
      assertEquals(sine[t], forecast[t], 1e-3f);
    }
  }

  @Test
  void aForecastLooksAtNothingButItsContext() {
    float[] signal = autoregression(300, 1);
    AutoregressiveBaseline baseline = AutoregressiveBaseline.fit(signal, 5, 10);
    float[] before = baseline.forecast(signal);
    float[] changed = signal.clone();
    changed[100] += 50;
    float[] after = baseline.forecast(changed);
    for (int t = 0; t < signal.length; t++) {
      boolean sees = t >= 110 && t < 115;
      assertEquals(sees, Float.compare(before[t], after[t]) != 0, "forecast of sample " + t);
      assertEquals(t < 14, Float.isNaN(before[t]));
    }
    float[] tooShort = baseline.forecast(Arrays.copyOf(signal, 14));
    assertTrue(Float.isNaN(tooShort[13]));
  }

  @Test
  void refusesWhatCannotBeFitted() {
    refused("contextLength and horizon must be positive", new float[100], 0, 1);
    refused("contextLength and horizon must be positive", new float[100], 1, 0);
    refused("AR(32), 30 ahead, needs 95 training samples or more, got 94", new float[94], 32, 30);
    refused("constant", new float[95], 32, 30);
    float[] hole = autoregression(95, 1);
    hole[7] = Float.NaN;
    refused("sample 7 is NaN", hole, 32, 30);
  }

  private static void refused(String part, float[] training, int contextLength, int horizon) {
    Refusal.expect(
        IllegalArgumentException.class,
        () -> AutoregressiveBaseline.fit(training, contextLength, horizon),
        part);
  }
}
