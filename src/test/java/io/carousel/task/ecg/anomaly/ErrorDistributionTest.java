package io.carousel.task.ecg.anomaly;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.junit.jupiter.api.Test;

class ErrorDistributionTest {
  @Test
  void theScoreIsTheMahalanobisDistanceWorkedOutByHand() {
    // mean (1, 2); covariance ((8, 4), (4, 4)) / 3; sum of squares 12 + 20
    List<double[]> errors =
        List.of(
            new double[] {3, 3}, new double[] {-1, 1}, new double[] {1, 3}, new double[] {1, 1});
    double ridge = 0.5 * (12 + 20) / 8;
    double a = 8.0 / 3 + ridge;
    double b = 4.0 / 3;
    double d = 4.0 / 3 + ridge;
    double x = 5 - 1;
    double y = -2 - 2;
    double expected = (d * x * x - 2 * b * x * y + a * y * y) / (a * d - b * b) / 2;
    ErrorDistribution usual = ErrorDistribution.of(errors);
    assertEquals(expected, usual.score(new double[] {5, -2}), 1e-9);
    assertEquals(0, usual.score(new double[] {1, 2}), 1e-12);
    assertEquals(12.5, ErrorDistribution.standard(2).score(new double[] {3, 4}), 1e-12);
  }

  @Test
  void aFactorThatCannotBeIsRefused() {
    assertThrows(
        IllegalArgumentException.class,
        () -> new ErrorDistribution(new double[2], new double[] {1, 0, 0, 0}));
    assertThrows(
        IllegalArgumentException.class, () -> new ErrorDistribution(new double[2], new double[3]));
  }
}
