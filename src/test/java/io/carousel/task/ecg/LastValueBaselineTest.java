package io.carousel.task.ecg;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import io.carousel.data.Refusal;
import org.junit.jupiter.api.Test;

class LastValueBaselineTest {
  private static final float NAN = Float.NaN;

  @Test
  void repeatsTheLastSampleSeen() {
    LastValueBaseline baseline = new LastValueBaseline(2);
    assertArrayEquals(
        new float[] {NAN, NAN, 1, 2, 3}, baseline.forecast(new float[] {1, 2, 3, 4, 5}));
    assertArrayEquals(new float[] {NAN}, baseline.forecast(new float[] {1}));
  }

  @Test
  void refusesToForecastThePresent() {
    Refusal.expect(
        IllegalArgumentException.class, () -> new LastValueBaseline(0), "horizon must be positive");
  }
}
