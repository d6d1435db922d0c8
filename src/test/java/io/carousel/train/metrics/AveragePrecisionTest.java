package io.carousel.train.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class AveragePrecisionTest {
  private static final boolean[] LAST_TWO = {false, false, true, true};

  /** The example in scikit-learn's documentation of average_precision_score gives 0.83. */
  @Test
  void scikitLearnsExample() {
    double[] scores = {0.1, 0.4, 0.35, 0.8};
    // thresholds 0.8: P 1, R 1/2; 0.4: P 1/2, R 1/2; 0.35: P 2/3, R 1
    assertEquals(0.5 * 1 + 0.5 * 2 / 3, AveragePrecision.of(scores, LAST_TWO), 1e-15);
  }

  @Test
  void equalScoresShareOneThresholdInAnyOrder() {
    double[] scores = {0.5, 0.2, 0.5, 0.2};
    // at 0.5: one of two, R 1/2, P 1/2; at 0.2: two of four, R 1, P 1/2
    assertEquals(0.5, AveragePrecision.of(scores, LAST_TWO), 1e-15);
    assertEquals(0.5, AveragePrecision.of(scores, new boolean[] {true, true, false, false}), 1e-15);
    assertEquals(0.5, AveragePrecision.of(new double[4], LAST_TWO), 1e-15);
    assertEquals(0.5, AveragePrecision.of(new double[] {0.0, -0.0, 0.0, -0.0}, LAST_TWO), 1e-15);
  }

  @Test
  void bestAndWorst() {
    assertEquals(1, AveragePrecision.of(new double[] {1, 2, 3, 4}, LAST_TWO));
    // positives at ranks 3 and 4: (1/3 + 2/4) / 2
    assertEquals(5.0 / 12, AveragePrecision.of(new double[] {4, 3, 2, 1}, LAST_TWO), 1e-15);
  }

  @Test
  void whatCannotBeIsRefused() {
    says("3 scores and 4 labels", new double[3], LAST_TWO);
    says("example 1 is NaN", new double[] {0, Double.NaN}, new boolean[] {true, false});
    says("needs a positive", new double[2], new boolean[2]);
  }

  private static void says(String words, double[] scores, boolean[] positive) {
    Exception e =
        assertThrows(IllegalArgumentException.class, () -> AveragePrecision.of(scores, positive));
    assertTrue(e.getMessage().contains(words), e.getMessage());
  }
}
