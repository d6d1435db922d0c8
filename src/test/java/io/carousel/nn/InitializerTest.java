package io.carousel.nn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carousel.device.RandomStream;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class InitializerTest {
  private static double[] draw(Initializer initializer, int rows, int columns) {
    double[] values = initializer.draw(rows, columns, new RandomStream(7, "init/w"));
    assertEquals(rows * columns, values.length);
    return values;
  }

  private static double mean(double[] values) {
    return Arrays.stream(values).average().orElseThrow();
  }

  private static double variance(double[] values) {
    double mean = mean(values);
    return Arrays.stream(values).map(x -> (x - mean) * (x - mean)).average().orElseThrow();
  }

  /** Bounds, mean and variance of 20,000 numbers, uniform in ±bound; 5 standard errors. */
  private static void assertUniform(double bound, double[] values) {
    double largest = Arrays.stream(values).map(Math::abs).max().orElseThrow();
    assertTrue(largest <= bound && largest > 0.99 * bound, "largest " + largest);
    assertEquals(0, mean(values), 5 * bound / Math.sqrt(3.0 * values.length));
    double variance = bound * bound / 3;
    assertEquals(variance, variance(values), 5 * variance * Math.sqrt(0.8 / values.length));
  }

  private static void assertNormal(double deviation, double[] values) {
    assertEquals(0, mean(values), 5 * deviation / Math.sqrt(values.length));
    double variance = deviation * deviation;
    assertEquals(variance, variance(values), 5 * variance * Math.sqrt(2.0 / values.length));
    long within = Arrays.stream(values).filter(x -> Math.abs(x) < deviation).count();
    assertEquals(0.6827, (double) within / values.length, 0.02);
  }

  @Test
  void drawsTheDistributionsThatItNames() {
    assertUniform(0.3, draw(Initializer.uniform(-0.3, 0.3), 200, 100));
    assertUniform(1 / Math.sqrt(25), draw(Initializer.uniformFan(25), 200, 100));
    assertUniform(2 * Math.sqrt(6.0 / 300), draw(Initializer.glorotUniform(2), 200, 100));
    assertNormal(0.02, draw(Initializer.normal(0.02), 200, 100));
    assertNormal(2 * Math.sqrt(2.0 / 300), draw(Initializer.glorotNormal(2), 200, 100));
  }

  @Test
  void uniformNeedNotBeSymmetric() {
    double[] values = draw(Initializer.uniform(2, 3), 100, 100);
    assertTrue(Arrays.stream(values).allMatch(x -> x >= 2 && x < 3));
    assertEquals(2.5, mean(values), 0.02);
  }

  @Test
  void theSameStreamGivesTheSameValues() {
    assertArrayEquals(draw(Initializer.orthogonal(1), 9, 5), draw(Initializer.orthogonal(1), 9, 5));
  }

  /** Element (i, j) of AᵀA for tall matrices, of AAᵀ for wide ones. */
  private static double gram(double[] a, int rows, int columns, int i, int j) {
    double sum = 0;
    for (int k = 0; k < Math.max(rows, columns); k++) {
      sum +=
          rows < columns
              ? a[i * columns + k] * a[j * columns + k]
              : a[k * columns + i] * a[k * columns + j];
    }
    return sum;
  }

  private static void assertOrthogonal(double gain, double[] a, int rows, int columns) {
    for (int i = 0; i < Math.min(rows, columns); i++) {
      for (int j = 0; j < Math.min(rows, columns); j++) {
        double expected = i == j ? gain * gain : 0;
        assertEquals(expected, gram(a, rows, columns, i, j), 1e-12, i + ", " + j);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"1,1,1", "64,64,1", "70,33,1", "33,70,1", "8,8,1.5", "1,9,2", "9,1,2"})
  void orthogonalMatricesAre(int rows, int columns, double gain) {
    double[] a = draw(Initializer.orthogonal(gain), rows, columns);
    assertOrthogonal(gain, a, rows, columns);
  }

  /** Of uniform orthogonal 3 × 3 matrices, trace has mean 0 and mean square 1, det has mean 0. */
  @Test
  void orthogonalMatricesAreUniform() {
    RandomStream random = new RandomStream(3, "haar");
    int count = 4000;
    double trace = 0;
    double traceSquared = 0;
    double determinant = 0;
    for (int n = 0; n < count; n++) {
      double[] q = Initializer.orthogonal(1).draw(3, 3, random);
      assertEquals(0, gram(q, 3, 3, 1, 2), 1e-14, "also of nearly dependent vectors");
      double t = q[0] + q[4] + q[8];
      trace += t / count;
      traceSquared += t * t / count;
      determinant +=
          (q[0] * (q[4] * q[8] - q[5] * q[7])
                  - q[1] * (q[3] * q[8] - q[5] * q[6])
                  + q[2] * (q[3] * q[7] - q[4] * q[6]))
              / count;
    }
    double standardError = 1 / Math.sqrt(count);
    assertEquals(0, trace, 5 * standardError);
    assertEquals(1, traceSquared, 8 * standardError);
    assertEquals(0, determinant, 5 * standardError);
  }

  @Test
  void gateBlocksAreOrthogonalOneByOne() {
    int hidden = 17;
    double[] a = draw(Initializer.rowBlocks(4, Initializer.orthogonal(1)), 4 * hidden, hidden);
    double[][] blocks = new double[4][];
    for (int g = 0; g < 4; g++) {
      int size = hidden * hidden;
      blocks[g] = Arrays.copyOfRange(a, g * size, (g + 1) * size);
      assertOrthogonal(1, blocks[g], hidden, hidden);
    }
    assertTrue(Math.abs(blocks[0][0] - blocks[1][0]) > 1e-6, "blocks must differ");
    assertThrows(
        IllegalArgumentException.class,
        () -> draw(Initializer.rowBlocks(4, Initializer.orthogonal(1)), 10, 3));
  }

  @Test
  void blocksUseTheFansOfOneGate() {
    double[] a = draw(Initializer.rowBlocks(4, Initializer.glorotUniform(1)), 400, 100);
    assertUniform(Math.sqrt(6.0 / 200), a);
  }

  @Test
  void identitiesAndConstants() {
    assertArrayEquals(new double[] {0.5, 0, 0, 0, 0.5, 0}, draw(Initializer.identity(0.5), 2, 3));
    assertArrayEquals(new double[] {1, 0, 0, 1, 0, 0}, draw(Initializer.identity(1), 3, 2));
    assertArrayEquals(new double[] {7, 7}, draw(Initializer.constant(7), 1, 2));
    assertArrayEquals(new double[2], draw(Initializer.zeros(), 2, 1));
  }

  @Test
  void forgetGateBias() {
    double[] bias = draw(Initializer.zeros().withBlock(4, 1, 1), 1, 8);
    assertArrayEquals(new double[] {0, 0, 1, 1, 0, 0, 0, 0}, bias);
    assertThrows(IllegalArgumentException.class, () -> Initializer.zeros().withBlock(4, 4, 1));
    assertThrows(
        IllegalArgumentException.class, () -> draw(Initializer.zeros().withBlock(4, 1, 1), 1, 6));
  }

  @Test
  void refusesWrongNumbers() {
    assertThrows(IllegalArgumentException.class, () -> Initializer.uniform(1, 0));
    assertThrows(IllegalArgumentException.class, () -> Initializer.uniform(Double.NaN, 0));
    assertThrows(IllegalArgumentException.class, () -> Initializer.normal(-1));
    assertThrows(IllegalArgumentException.class, () -> Initializer.uniformFan(0));
  }
}
