package io.carousel.optim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import org.junit.jupiter.api.Test;

class LearningRateScheduleTest {
  private static void assertFactors(LearningRateSchedule schedule, double... expected) {
    for (int step = 0; step < expected.length; step++) {
      assertEquals(expected[step], schedule.factor(step), 1e-15, schedule + " at " + step);
    }
  }

  @Test
  void constant() {
    assertFactors(new ConstantRate(), 1, 1, 1);
    assertEquals(1, new ConstantRate().factor(Long.MAX_VALUE));
  }

  @Test
  void stepDecay() {
    assertFactors(new StepDecay(3, 0.5), 1, 1, 1, 0.5, 0.5, 0.5, 0.25);
  }

  @Test
  void exponentialDecay() {
    assertFactors(new ExponentialDecay(0.9), 1, 0.9, 0.81, 0.9 * 0.81);
  }

  /** PyTorch's recursion η(t+1) = least + (η(t) - least)·(1 + cos(t+1)) / (1 + cos t). */
  @Test
  void cosineAnnealingIsPyTorchsRecursion() {
    int steps = 10;
    double least = 0.1;
    double eta = 1;
    CosineAnnealing schedule = new CosineAnnealing(steps, least);
    for (int t = 0; t < steps; t++) {
      assertEquals(eta, schedule.factor(t), 1e-14);
      double here = 1 + Math.cos(Math.PI * t / steps);
      double next = 1 + Math.cos(Math.PI * (t + 1) / steps);
      eta = least + (eta - least) * next / here;
    }
    assertEquals(least, schedule.factor(steps), 1e-15);
    assertEquals(least, schedule.factor(2L * steps), 1e-15);
    assertEquals(0.5, new CosineAnnealing(8, 0).factor(4), 1e-15);
  }

  @Test
  void warmUpThenAnother() {
    assertFactors(
        new StepDecay(2, 0.5).afterWarmUp(4, 0.2), 0.2, 0.4, 0.6, 0.8, 1, 1, 0.5, 0.5, 0.25);
    assertFactors(new ConstantRate().afterWarmUp(2, 0), 0, 0.5, 1, 1);
  }

  @Test
  void refusesWrongNumbers() {
    assertThrows(IllegalArgumentException.class, () -> new StepDecay(0, 0.5));
    assertThrows(IllegalArgumentException.class, () -> new StepDecay(1, 0));
    assertThrows(IllegalArgumentException.class, () -> new ExponentialDecay(Double.NaN));
    assertThrows(IllegalArgumentException.class, () -> new CosineAnnealing(0, 0));
    assertThrows(IllegalArgumentException.class, () -> new CosineAnnealing(1, 2));
    LearningRateSchedule constant = new ConstantRate();
    assertThrows(IllegalArgumentException.class, () -> constant.afterWarmUp(0, 0));
    assertThrows(IllegalArgumentException.class, () -> constant.afterWarmUp(1, -1));
  }

  @Test
  void schedulesWithoutMetricsHaveNoState() {
    LearningRateSchedule schedule = new ExponentialDecay(0.5);
    schedule.observe(3);
    assertEquals(0.5, schedule.factor(1));
    assertTrue(schedule.exportState().isEmpty());
    schedule.importState(Map.of());
    assertThrows(
        IllegalArgumentException.class, () -> schedule.importState(Map.of("x", new double[1])));
  }
}
