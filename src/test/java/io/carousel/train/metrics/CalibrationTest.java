package io.carousel.train.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.junit.jupiter.api.Test;

class CalibrationTest {
  @Test
  void binsOfEqualCountsInTheOrderOfProbability() {
    double[] p = {0.9, 0.1, 0.6, 0.2, 0.3};
    boolean[] y = {true, false, true, false, true};
    Calibration calibration = Calibration.of(p, y, 2);
    List<Calibration.Bin> bins = calibration.bins();
    assertEquals(List.of(2, 3), bins.stream().map(Calibration.Bin::count).toList());
    assertEquals(0.15, bins.get(0).predicted(), 1e-15);
    assertEquals(0, bins.get(0).observed());
    assertEquals(0.6, bins.get(1).predicted(), 1e-15);
    assertEquals(1, bins.get(1).observed());
    assertEquals((0.01 + 0.01 + 0.16 + 0.04 + 0.49) / 5, calibration.brier(), 1e-15);
    assertEquals((2 * 0.15 + 3 * 0.4) / 5, calibration.expectedError(), 1e-15);
  }

  /** The example in scikit-learn's documentation of brier_score_loss gives 0.037 (0.0375). */
  @Test
  void scikitLearnsBrierScore() {
    double[] p = {0.1, 0.9, 0.8, 0.3};
    boolean[] y = {false, true, true, false};
    assertEquals(0.0375, Calibration.of(p, y, 4).brier(), 1e-15);
  }

  @Test
  void fewExamplesFillFewBins() {
    assertEquals(1, Calibration.of(new double[] {0.5}, new boolean[1], 10).bins().size());
    for (double wrong : new double[] {-0.1, 1.1, Double.NaN}) {
      assertThrows(
          IllegalArgumentException.class,
          () -> Calibration.of(new double[] {wrong}, new boolean[1], 1));
    }
    assertThrows(
        IllegalArgumentException.class, () -> Calibration.of(new double[0], new boolean[0], 1));
  }
}
