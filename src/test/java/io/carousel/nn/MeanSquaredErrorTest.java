package io.carousel.nn;

import static io.carousel.nn.ModelFixture.random;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.carousel.device.Matrix;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class MeanSquaredErrorTest {
  private static final float[] TARGETS = {1, -2, Float.NaN, 4, 0.5f, 3, -1, 0.25f};
  private static final float[] MASK = {1, 0, 0.5f, 1};

  @ParameterizedTest
  @MethodSource("io.carousel.TestDevices#available")
  void followsTheFormula(String device) {
    double[] y = random(1, 8);
    y[3] = Double.NaN;
    double elements = 2 * 2.5;
    double expected = 0;
    double[] gradient = new double[8];
    for (int i = 0; i < 8; i++) {
      double w = MASK[i / 2] / elements;
      if (w > 0) {
        expected += w * (y[i] - TARGETS[i]) * (y[i] - TARGETS[i]);
        gradient[i] = 2 * w * (y[i] - TARGETS[i]);
      }
    }
    try (ModelFixture m = new ModelFixture(device)) {
      MeanSquaredError loss = new MeanSquaredError(m.pool, 2);
      LossTargets targets = loss.upload(m.queue, TARGETS, MASK);
      assertEquals(elements, targets.weight());
      assertEquals(elements, loss.weight(TARGETS, MASK));
      LossFixture found = new LossFixture(m, loss, targets, m.matrix(4, 2, y));
      m.assertClose(new double[] {expected}, new double[] {found.loss}, "loss");
      m.assertClose(gradient, found.gradient, "gradient");
    }
  }

  @Test
  void gradientsAgreeWithDifferences() {
    try (ModelFixture m = new ModelFixture("reference")) {
      MeanSquaredError loss = new MeanSquaredError(m.pool, 2);
      LossTargets targets = loss.upload(m.queue, TARGETS, MASK);
      LossFixture.assertGradient(m, loss, targets, m.matrix(4, 2, random(3, 8)));
    }
  }

  /** (1 + 4 + 9 + 16) / 4. */
  @Test
  void isTheMeanOverElements() {
    try (ModelFixture m = new ModelFixture("reference")) {
      MeanSquaredError loss = new MeanSquaredError(m.pool, 2);
      LossTargets targets = loss.upload(m.queue, new float[4], null);
      Matrix y = m.matrix(2, 2, 1, 2, 3, 4);
      assertEquals(7.5, new LossFixture(m, loss, targets, y).loss, 1e-15);
    }
  }

  @Test
  void noValidRowGivesZero() {
    try (ModelFixture m = new ModelFixture("reference")) {
      MeanSquaredError loss = new MeanSquaredError(m.pool, 2);
      LossTargets targets = loss.upload(m.queue, TARGETS, new float[4]);
      LossFixture found = new LossFixture(m, loss, targets, m.matrix(4, 2, random(3, 8)));
      assertEquals(0, found.loss);
      assertArrayEquals(new double[8], found.gradient);
    }
  }

  @Test
  void errorsNameThePlace() {
    try (ModelFixture m = new ModelFixture("reference")) {
      MeanSquaredError loss = new MeanSquaredError(m.pool, 2);
      Exception nan =
          assertThrows(IllegalArgumentException.class, () -> loss.upload(m.queue, TARGETS, null));
      assertEquals(
          "target of row 1, column 0 is NaN: it must be finite, or its row weight 0",
          nan.getMessage());
      Exception odd =
          assertThrows(
              IllegalArgumentException.class, () -> loss.upload(m.queue, new float[3], null));
      assertEquals("3 targets are no whole number of rows of 2 columns", odd.getMessage());
      assertThrows(IllegalArgumentException.class, () -> new MeanSquaredError(m.pool, 0));
      assertEquals(0, m.pool.lentCount());
    }
  }
}
