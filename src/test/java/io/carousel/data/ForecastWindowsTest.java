package io.carousel.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

class ForecastWindowsTest {
  /** Value i is i. */
  private static Series count(int length) {
    float[] values = new float[length];
    for (int i = 0; i < length; i++) {
      values[i] = i;
    }
    return new Series("count", values);
  }

  @Test
  void lastStepTargetsLieTheHorizonAhead() {
    ForecastWindows windows = ForecastWindows.lastStep(count(20), new IndexRange(5, 17), 3, 4, 2);
    assertEquals(3, windows.size());
    SequenceBatch batch = windows.batch(new int[] {2, 0});
    assertArrayEquals(new float[] {9, 5, 10, 6, 11, 7}, batch.features());
    SequenceBatch.Targets targets = Objects.requireNonNull(batch.targets());
    assertArrayEquals(new float[] {15, 11}, targets.values());
    assertEquals(15, windows.targetIndex(2));
    assertArrayEquals(new int[] {3, 3}, batch.shape().lengths());
  }

  @Test
  void everyStepHasItsTarget() {
    ForecastWindows windows = ForecastWindows.everyStep(count(20), new IndexRange(0, 20), 3, 4, 1);
    assertEquals(14, windows.size());
    SequenceBatch batch = windows.batch(new int[] {13, 1});
    assertArrayEquals(new float[] {13, 1, 14, 2, 15, 3}, batch.features());
    SequenceBatch.Targets targets = Objects.requireNonNull(batch.targets());
    assertTrue(targets.perStep());
    assertArrayEquals(new float[] {17, 5, 18, 6, 19, 7}, targets.values());
  }

  @Test
  void nothingLeaksBetweenThePartsOfASplit() {
    TimeSplit split = TimeSplit.at(100, 60, 80);
    for (int stride : new int[] {1, 3, 7}) {
      for (IndexRange part : new IndexRange[] {split.train(), split.validation(), split.test()}) {
        ForecastWindows windows = ForecastWindows.everyStep(count(100), part, 5, 4, stride);
        for (int i = 0; i < windows.size(); i++) {
          SequenceBatch batch = windows.batch(new int[] {i});
          for (float value : batch.features()) {
            assertTrue(value >= part.from() && value < part.to());
          }
          for (float value : Objects.requireNonNull(batch.targets()).values()) {
            assertTrue(value >= part.from() && value < part.to());
          }
        }
        int reach = windows.targetIndex(windows.size() - 1);
        assertTrue(reach < part.to() && reach + stride >= part.to(), "as many as fit");
      }
    }
  }

  @Test
  void targetsOfAPartAreTheSameWhateverTheContext() {
    IndexRange part = new IndexRange(60, 70);
    for (int contextLength : new int[] {1, 8, 57}) {
      ForecastWindows windows = ForecastWindows.ofTargets(count(100), part, contextLength, 4, 1);
      assertEquals(10, windows.size());
      for (int i = 0; i < 10; i++) {
        assertEquals(60 + i, windows.targetIndex(i));
        SequenceBatch batch = windows.batch(new int[] {i});
        assertEquals(56 + i, batch.features()[contextLength - 1]);
        assertEquals(60 + i, Objects.requireNonNull(batch.targets()).values()[0]);
      }
    }
  }

  @Test
  void refusesWhatDoesNotFit() {
    Series series = count(20);
    IndexRange all = new IndexRange(0, 20);
    refused(
        () -> ForecastWindows.lastStep(series, new IndexRange(0, 6), 3, 4, 1),
        "series 'count': 3 values of context and 4 of horizon do not fit into 6");
    refused(() -> ForecastWindows.lastStep(series, new IndexRange(0, 21), 3, 4, 1), "length of 20");
    refused(() -> ForecastWindows.everyStep(series, all, 0, 4, 1), "must be positive");
    refused(() -> ForecastWindows.everyStep(series, all, 3, 0, 1), "must be positive");
    refused(() -> ForecastWindows.everyStep(series, all, 3, 4, 0), "must be positive");
    refused(
        () -> ForecastWindows.ofTargets(series, new IndexRange(6, 9), 4, 4, 1),
        "a forecast of value 6, 4 ahead, from 4 values begins before the series");
    refused(() -> ForecastWindows.ofTargets(series, new IndexRange(9, 9), 3, 4, 1), "do not fit");
    ForecastWindows windows = ForecastWindows.lastStep(series, all, 3, 4, 1);
    refused(() -> windows.batch(new int[] {14}), "no window 14 among 14");
    refused(() -> windows.targetIndex(-1), "no window -1");
  }

  private static void refused(Executable call, String part) {
    Refusal.expect(IllegalArgumentException.class, call, part);
  }
}
