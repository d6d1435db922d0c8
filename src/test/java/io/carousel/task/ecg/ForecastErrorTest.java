package io.carousel.task.ecg;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.carousel.data.IndexRange;
import io.carousel.data.Refusal;
import org.junit.jupiter.api.Test;

class ForecastErrorTest {
  @Test
  void rmseCountsTheRangeOnly() {
    float[] signal = {99, 1, 2, 99};
    float[] forecast = {Float.NaN, 4, 6, 0};
    assertEquals(
        Math.sqrt((9 + 16) / 2.0), ForecastError.rmse(signal, forecast, new IndexRange(1, 3)));
  }

  @Test
  void refusesBadInput() {
    refused("sample 0 is 1.0, its forecast NaN", new float[] {Float.NaN, 0}, 0, 2);
    refused("no samples", new float[2], 1, 1);
    refused("beyond a length of 2", new float[2], 0, 3);
    refused("2 samples, but 3 forecasts", new float[3], 0, 2);
  }

  private static void refused(String part, float[] forecast, int from, int to) {
    Refusal.expect(
        IllegalArgumentException.class,
        () -> ForecastError.rmse(new float[] {1, 1}, forecast, new IndexRange(from, to)),
        part);
  }
}
