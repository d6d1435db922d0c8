package io.carousel.train.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.carousel.device.RandomStream;
import org.junit.jupiter.api.Test;

class BootstrapTest {
  /** The share of positives has a known standard error, √(p(1 − p)/n). */
  @Test
  void theIntervalOfAShareIsThatOfTheory() {
    int n = 400;
    boolean[] positive = new boolean[n];
    for (int i = 0; i < n / 4; i++) {
      positive[i] = true;
    }
    Bootstrap.Interval interval =
        Bootstrap.interval(BootstrapTest::share, new double[n], positive, 1);
    double reach = 1.96 * Math.sqrt(0.25 * 0.75 / n);
    assertEquals(0.25 - reach, interval.low(), 0.008);
    assertEquals(0.25 + reach, interval.high(), 0.008);
  }

  private static double share(double[] scores, boolean[] positive) {
    int count = 0;
    for (boolean p : positive) {
      count += p ? 1 : 0;
    }
    return count / (double) positive.length;
  }

  @Test
  void theSeedDecides() {
    RandomStream random = new RandomStream(3, "test");
    double[] scores = new double[60];
    boolean[] positive = new boolean[60];
    for (int i = 0; i < scores.length; i++) {
      positive[i] = i % 3 == 0;
      scores[i] = random.nextGaussian() + (positive[i] ? 1 : 0);
    }
    Bootstrap.Interval first = Bootstrap.interval(Auroc::of, scores, positive, 1);
    assertEquals(first, Bootstrap.interval(Auroc::of, scores, positive, 1));
    assertNotEquals(first, Bootstrap.interval(Auroc::of, scores, positive, 2));
    double auroc = Auroc.of(scores, positive);
    assertEquals(true, first.low() < auroc && auroc < first.high());
  }

  @Test
  void aResampleOfOneClassIsDrawnAgain() {
    boolean[] positive = {true, false, false};
    Bootstrap.Interval interval =
        Bootstrap.interval(Auroc::of, new double[] {3, 2, 1}, positive, 1);
    assertEquals(new Bootstrap.Interval(1, 1), interval);
    assertThrows(
        IllegalArgumentException.class,
        () -> Bootstrap.interval(AveragePrecision::of, new double[1], new boolean[] {true}, 1));
  }
}
