package io.carousel.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

class SeriesTest {
  @Test
  void keepsItsOwnCopy() {
    float[] values = {1, 2, 3};
    Series series = new Series("lead", values);
    values[0] = 9;
    series.values()[1] = 9;
    assertArrayEquals(new float[] {1, 2, 3}, series.values());
    assertArrayEquals(new float[] {2, 3}, series.values(new IndexRange(1, 3)));
    assertEquals(3, series.length());
    assertEquals(2, series.get(1));
  }

  @Test
  void nanNamesSeriesAndIndex() {
    for (float bad : new float[] {Float.NaN, Float.POSITIVE_INFINITY}) {
      refused("series 'lead' holds " + bad + " at index 2", () -> new Series("lead", with(bad)));
    }
    refused("series 'lead' is empty", () -> new Series("lead", new float[0]));
  }

  private static float[] with(float bad) {
    return new float[] {0, 1, bad, 3, bad};
  }

  @Test
  void rangesAreChecked() {
    Series series = new Series("lead", new float[3]);
    refused("ends beyond a length of 3", () -> series.values(new IndexRange(1, 4)));
    refused("bad range [-1, 2)", () -> new IndexRange(-1, 2));
    refused("bad range [3, 2)", () -> new IndexRange(3, 2));
  }

  private static void refused(String part, Executable call) {
    Refusal.expect(IllegalArgumentException.class, call, part);
  }
}
