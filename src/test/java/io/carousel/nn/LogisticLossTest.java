package io.carousel.nn;

import static io.carousel.nn.ModelFixture.random;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class LogisticLossTest {
  private static final double POSITIVE_WEIGHT = 3;
  private static final float[] TARGETS = {1, 0, Float.NaN, 7, 0.25f, 1, 0, 1};
  private static final float[] MASK = {1, 0, 1, 1};

  private static double softplus(double x) {
    return Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
  }

  @ParameterizedTest
  @MethodSource("io.carousel.TestDevices#available")
  void followsTheFormula(String device) {
    double[] x = {2, -1, Double.NaN, 0, 0.5, -1000, 1000, 30};
    double expected = 0;
    double[] gradient = new double[8];
    for (int i = 0; i < 8; i++) {
      double w = MASK[i / 2] / 6.0;
      if (w > 0) {
        double y = TARGETS[i];
        double sigmoid = 1 / (1 + Math.exp(-x[i]));
        expected += w * (POSITIVE_WEIGHT * y * softplus(-x[i]) + (1 - y) * softplus(x[i]));
        gradient[i] = w * ((1 - y) * sigmoid - POSITIVE_WEIGHT * y * (1 - sigmoid));
      }
    }
    try (ModelFixture m = new ModelFixture(device)) {
      LogisticLoss loss = new LogisticLoss(m.pool, 2, POSITIVE_WEIGHT);
      LossTargets targets = loss.upload(m.queue, TARGETS, MASK);
      assertEquals(6, targets.weight());
      assertEquals(6, loss.weight(TARGETS, MASK));
      LossFixture found = new LossFixture(m, loss, targets, m.matrix(4, 2, x));
      m.assertClose(new double[] {expected}, new double[] {found.loss}, "loss");
      m.assertClose(gradient, found.gradient, "gradient");
    }
  }

  @Test
  void gradientsAgreeWithDifferences() {
    try (ModelFixture m = new ModelFixture("reference")) {
      LogisticLoss loss = new LogisticLoss(m.pool, 2, POSITIVE_WEIGHT);
      LossTargets targets = loss.upload(m.queue, TARGETS, MASK);
      LossFixture.assertGradient(m, loss, targets, m.matrix(4, 2, random(3, 8)));
    }
  }

  @Test
  void positiveWeightIsOneUnlessGiven() {
    try (ModelFixture m = new ModelFixture("reference")) {
      LogisticLoss loss = new LogisticLoss(m.pool, 1);
      LossTargets targets = loss.upload(m.queue, new float[] {1, 0}, null);
      assertEquals(Math.log(2), new LossFixture(m, loss, targets, m.zeros(2, 1)).loss, 1e-15);
    }
  }

  @Test
  void errorsNameThePlace() {
    try (ModelFixture m = new ModelFixture("reference")) {
      LogisticLoss loss = new LogisticLoss(m.pool, 2);
      Exception e =
          assertThrows(
              IllegalArgumentException.class,
              () -> loss.upload(m.queue, new float[] {0, 1, 0, 1.5f}, null));
      assertEquals(
          "target of row 1, column 1 is 1.5: it must be in [0.0, 1.0], or its row weight 0",
          e.getMessage());
      assertThrows(IllegalArgumentException.class, () -> new LogisticLoss(m.pool, 2, -1));
      assertThrows(IllegalArgumentException.class, () -> new LogisticLoss(m.pool, 2, Double.NaN));
    }
  }
}
