package io.carousel.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

class NormalizerTest {
  @Test
  void fitsEachColumn() {
    Normalizer normalizer = Normalizer.fit(new float[] {1, 10, 3, 30, 5, 50, 7, 70}, 2);
    assertArrayEquals(new double[] {4, 40}, normalizer.means());
    double deviation = Math.sqrt((9 + 1 + 1 + 9) / 4.0);
    assertArrayEquals(
        new double[] {deviation, 10 * deviation}, normalizer.standardDeviations(), 1e-12);
    float[] normalized = normalizer.apply(new float[] {4, 40, (float) (4 + deviation), 0});
    assertArrayEquals(new float[] {0, 0, 1, (float) (-4 / deviation)}, normalized, 1e-6f);
    assertArrayEquals(
        new float[] {1, 10}, normalizer.invert(normalizer.apply(new float[] {1, 10})), 1e-5f);
  }

  @Test
  void usesTrainingDataOnly() {
    Series series = new Series("x", new float[] {1, 3, 1000, -5});
    Normalizer normalizer = Normalizer.fit(series, new IndexRange(0, 2));
    assertEquals(2, normalizer.means()[0]);
    assertArrayEquals(new float[] {-1, 1, 998, -7}, normalizer.apply(series).values());
    assertEquals("x", normalizer.apply(series).name());
  }

  @Test
  void aConstantColumnKeepsItsUnit() {
    // 0.1f thousand times: a computed deviation would be a rounding error, not 0
    float[] constant = new float[1000];
    Arrays.fill(constant, 0.1f);
    Normalizer normalizer = Normalizer.fit(constant, 1);
    assertArrayEquals(new double[] {1}, normalizer.standardDeviations());
    assertArrayEquals(new float[] {0, 2}, normalizer.apply(new float[] {0.1f, 2.1f}), 1e-6f);
  }

  @Test
  void figuresGoToFilesAndBack() {
    Normalizer fitted = Normalizer.fit(new float[] {1, 2, 4, 8.5f}, 1);
    Normalizer read = new Normalizer(fitted.means(), fitted.standardDeviations());
    float[] values = {0.3f, -7};
    assertArrayEquals(fitted.apply(values), read.apply(values));
  }

  @Test
  void refusesBadInput() {
    refused(() -> Normalizer.fit(new float[0], 1), "0 values are no rows");
    refused(() -> Normalizer.fit(new float[3], 2), "3 values are no rows of 2 columns");
    refused(() -> Normalizer.fit(new float[] {1, 2, 3, Float.NaN}, 2), "column 1, row 1 is NaN");
    refused(() -> new Normalizer(new double[1], new double[2]), "got 1 and 2");
    refused(() -> new Normalizer(new double[1], new double[1]), "column 0", "above 0");
    refused(() -> new Normalizer(new double[] {Double.NaN}, new double[] {1}), "finite");
    Normalizer two = new Normalizer(new double[2], new double[] {1, 1});
    refused(() -> two.apply(new float[3]), "no rows of 2 columns");
    refused(() -> two.invert(new float[3]), "no rows of 2 columns");
    refused(() -> two.apply(new Series("x", new float[2])), "one column");
  }

  private static void refused(Executable call, String... parts) {
    Refusal.expect(IllegalArgumentException.class, call, parts);
  }
}
