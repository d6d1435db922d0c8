package io.carousel.task.ecg;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import io.carousel.data.Refusal;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class BeatScoreTest {
  /** At 20 Hz the window is 3 samples to either side. */
  private final BeatScore score = new BeatScore(20);

  @Test
  void isTheRmsErrorAroundThePeak() {
    float[] signal = new float[30];
    float[] forecast = new float[30];
    signal[7] = 7;
    signal[13] = 7;
    signal[14] = 100;
    assertArrayEquals(
        new double[] {Math.sqrt(2 * 49 / 7.0), Math.sqrt(49 / 7.0), 0},
        score.score(signal, forecast, new int[] {10, 4, 20}),
        1e-12);
  }

  @Test
  void beatsWithoutAWholeWindowOfForecastsHaveNoScore() {
    float[] forecast = new float[20];
    Arrays.fill(forecast, 0, 5, Float.NaN);
    assertArrayEquals(
        new double[] {Double.NaN, Double.NaN, 0, 0, Double.NaN},
        score.score(new float[20], forecast, new int[] {2, 7, 8, 16, 17}));
  }

  @Test
  void refusesBadInput() {
    float[] four = new float[4];
    Refusal.expect(
        IllegalArgumentException.class,
        () -> score.score(four, four, new int[] {4}),
        "R peak 0 at 4 is outside of a signal of 4");
    Refusal.expect(
        IllegalArgumentException.class,
        () -> score.score(new float[20], new float[19], new int[] {10}),
        "20 samples, but 19 forecasts");
    float[] hole = new float[20];
    hole[10] = Float.NaN;
    Refusal.expect(
        IllegalArgumentException.class,
        () -> score.score(hole, new float[20], new int[] {10}),
        "sample 10 is NaN");
    Refusal.expect(IllegalArgumentException.class, () -> new BeatScore(0), "sampling rate");
  }
}
