package io.carousel.lab;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carousel.device.Device;
import io.carousel.device.Devices;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Says nothing of times: they are the machine's. */
class CostExperimentTest {
  private static final double[] X = {20, 40, 60, 80};

  @Test
  void aLawIsFoundAgain() {
    PolynomialFit line = PolynomialFit.of(1, X, new double[] {7, 11, 15, 19});
    assertArrayEquals(new double[] {3, 0.2}, line.coefficients(), 1e-10);
    assertEquals(1, line.r2(), 1e-12);
    double[] square = new double[X.length];
    for (int i = 0; i < X.length; i++) {
      square[i] = 5 - X[i] + 0.5 * X[i] * X[i];
    }
    PolynomialFit parabola = PolynomialFit.of(2, X, square);
    assertArrayEquals(new double[] {5, -1, 0.5}, parabola.coefficients(), 1e-8);
    assertEquals(1, parabola.r2(), 1e-12);
    assertTrue(PolynomialFit.of(1, X, square).r2() < 0.98);
  }

  @Test
  void whatIsNoLineIsNotExplained() {
    // y = 1, 2, 2, 1: the best line is the mean
    PolynomialFit fit = PolynomialFit.of(1, X, new double[] {1, 2, 2, 1});
    assertArrayEquals(new double[] {1.5, 0}, fit.coefficients(), 1e-12);
    assertEquals(0, fit.r2(), 1e-12);
  }

  @Test
  void everySizeIsMeasured() {
    try (Device device = Devices.open("cpu")) {
      Outcome outcome = new CostExperiment(0.01).run(new Setting(device, Scale.QUICK, 1));
      assertEquals(3, outcome.pictures().size());
      assertEquals(6, outcome.checks().size());
      assertEquals(6, outcome.figures().get(0).rows().size());
      for (String letter : List.of("T", "N", "H")) {
        for (String pass : List.of("forward", "backward")) {
          double[] times = (double[]) outcome.json().get(pass + "MillisecondsBy" + letter);
          assertEquals(6, times.length);
          for (double time : times) {
            assertTrue(time > 0 && time < Double.POSITIVE_INFINITY, pass + " by " + letter);
          }
        }
      }
    }
  }
}
