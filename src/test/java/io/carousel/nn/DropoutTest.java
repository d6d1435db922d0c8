package io.carousel.nn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carousel.device.Matrix;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class DropoutTest {
  private static final int ROWS = 100;
  private static final int UNITS = 101;

  private static double[] mask(ModelFixture m, Dropout dropout, Matrix ones, Draw draw) {
    try (Pass pass = dropout.forward(m.queue, ones, draw)) {
      return m.values(pass.output());
    }
  }

  private static Matrix ones(ModelFixture m, int rows, int columns) {
    Matrix ones = m.zeros(rows, columns);
    m.queue.fill(ones, 1);
    return ones;
  }

  @ParameterizedTest
  @MethodSource("io.carousel.TestDevices#available")
  void keepsTheRightShareAndScalesIt(String device) {
    try (ModelFixture m = new ModelFixture(device)) {
      Matrix ones = ones(m, ROWS, UNITS);
      for (double rate : new double[] {0.1, 0.5, 0.8}) {
        Dropout dropout = new Dropout(m.pool, "d", 1, rate, UNITS);
        double[] y = mask(m, dropout, ones, Draw.of(3));
        double keep = 1 - rate;
        assertTrue(Arrays.stream(y).allMatch(v -> v == 0 || Math.abs(v - 1 / keep) < 1e-6));
        double kept = (double) Arrays.stream(y).filter(v -> v != 0).count() / y.length;
        assertEquals(keep, kept, 5 * Math.sqrt(rate * keep / y.length));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("io.carousel.TestDevices#available")
  void backwardTakesTheMaskOfItsOwnForward(String device) {
    try (ModelFixture m = new ModelFixture(device)) {
      Dropout dropout = new Dropout(m.pool, "d", 1, 0.5, UNITS);
      Matrix ones = ones(m, ROWS, UNITS);
      Draw large = Draw.of((1 << 30) + 1);
      Pass first = dropout.forward(m.queue, ones, Draw.of(1));
      Pass second = dropout.forward(m.queue, ones, large);
      double[] firstMask = m.values(first.output());
      double[] secondMask = m.values(second.output());
      Matrix dX = m.zeros(ROWS, UNITS);
      first.backward(ones, dX);
      assertArrayEquals(firstMask, m.values(dX));
      second.backward(ones, dX);
      assertArrayEquals(secondMask, m.values(dX));
      assertFalse(Arrays.equals(firstMask, secondMask));
      double[] neighbour = mask(m, dropout, ones, Draw.of(1 << 30));
      assertFalse(Arrays.equals(neighbour, secondMask), "a draw beyond 24 bits is exact");
      assertArrayEquals(firstMask, mask(m, dropout, ones, Draw.of(1)), "same draw, same mask");
    }
  }

  @Test
  void masksAreTheSameOnEveryDevice() {
    try (ModelFixture reference = new ModelFixture("reference")) {
      double[] expected = maskOn(reference);
      io.carousel.TestDevices.available()
          .forEach(
              name -> {
                try (ModelFixture m = new ModelFixture(name)) {
                  assertArrayEquals(expected, maskOn(m), name);
                }
              });
    }
  }

  private static double[] maskOn(ModelFixture m) {
    Dropout dropout = new Dropout(m.pool, "d", 1, 0.5, UNITS);
    return mask(m, dropout, ones(m, ROWS, UNITS), Draw.of(5));
  }

  @Test
  void masksDifferBySeedAndPathAndFollowRowIds() {
    try (ModelFixture m = new ModelFixture("reference")) {
      Matrix ones = ones(m, 3, UNITS);
      Dropout dropout = new Dropout(m.pool, "d", 1, 0.5, UNITS);
      double[] mask = mask(m, dropout, ones, Draw.of(0));
      Dropout otherPath = new Dropout(m.pool, "e", 1, 0.5, UNITS);
      Dropout otherSeed = new Dropout(m.pool, "d", 2, 0.5, UNITS);
      assertFalse(Arrays.equals(mask, mask(m, otherPath, ones, Draw.of(0))));
      assertFalse(Arrays.equals(mask, mask(m, otherSeed, ones, Draw.of(0))));
      Draw permuted = new Draw(0, m.integers(2, 3, 2, 0, 1, 0, 0, 0));
      Matrix dX = m.zeros(3, UNITS);
      Pass pass = dropout.forward(m.queue, ones, permuted);
      double[] moved = m.values(pass.output());
      pass.backward(ones, dX);
      assertArrayEquals(moved, m.values(dX), "backward takes the row ids too");
      assertArrayEquals(
          Arrays.copyOfRange(mask, 2 * UNITS, 3 * UNITS), Arrays.copyOf(moved, UNITS));
      Draw later = new Draw(0, m.integers(2, 3, 0, 1, 2, 1, 1, 1));
      assertFalse(Arrays.equals(mask, mask(m, dropout, ones, later)), "time steps differ");
    }
  }

  @Test
  void inferenceCopies() {
    try (ModelFixture m = new ModelFixture("reference")) {
      Dropout dropout = new Dropout(m.pool, "d", 1, 0.9, 2);
      Matrix output = m.zeros(1, 2);
      dropout.infer(m.queue, m.matrix(1, 2, 3, 4), output);
      assertArrayEquals(new double[] {3, 4}, m.values(output));
      Dropout none = new Dropout(m.pool, "d", 1, 0, 2);
      assertArrayEquals(new double[] {3, 4}, mask(m, none, output, Draw.of(0)));
    }
  }

  @Test
  void refusesWrongRatesAndMissingDraws() {
    try (ModelFixture m = new ModelFixture("reference")) {
      for (double rate : new double[] {-0.1, 1, Double.NaN}) {
        assertThrows(IllegalArgumentException.class, () -> new Dropout(m.pool, "d", 1, rate, 2));
      }
      Dropout dropout = new Dropout(m.pool, "d", 1, 0.5, 2);
      Matrix x = m.zeros(3, 2);
      Exception e = assertThrows(IllegalArgumentException.class, () -> dropout.forward(m.queue, x));
      assertTrue(e.getMessage().contains("Draw.of(n)"));
      Draw wrong = new Draw(0, m.integers(2, 2, 0, 0, 0, 0));
      assertThrows(IllegalArgumentException.class, () -> dropout.forward(m.queue, x, wrong));
      assertEquals(0, m.pool.lentCount());
    }
  }
}
