package io.carousel.optim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.carousel.optim.ReduceOnPlateau.Goal;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ReduceOnPlateauTest {
  private static void assertFactors(
      LearningRateSchedule schedule, double[] metrics, double... expected) {
    for (int i = 0; i < metrics.length; i++) {
      schedule.observe(metrics[i]);
      assertEquals(expected[i], schedule.factor(i + 1), 1e-15, "after metric " + i);
    }
  }

  /** Patience 2: the third bad observation in a row reduces, and the count starts anew. */
  @Test
  void reducesWhenPatienceIsOver() {
    assertFactors(
        new ReduceOnPlateau(Goal.LOWER, 0.5, 2),
        new double[] {1, 0.9, 0.95, 0.9, 0.92, 0.93, 0.8, 0.8, 0.8, 0.8},
        1,
        1,
        1,
        1,
        0.5,
        0.5,
        0.5,
        0.5,
        0.5,
        0.25);
  }

  @Test
  void higherMayBeBetter() {
    assertFactors(
        new ReduceOnPlateau(Goal.HIGHER, 0.1, 0),
        new double[] {0.5, 0.6, 0.6, 0.7, 0.1},
        1,
        1,
        0.1,
        0.1,
        0.01);
  }

  /** An improvement by less than the threshold, 10 % of the best, does not count. */
  @Test
  void improvementsAreRelative() {
    assertFactors(
        new ReduceOnPlateau(Goal.LOWER, 0.5, 0).threshold(0.1),
        new double[] {100, 91, 89, 81},
        1,
        0.5,
        0.5,
        0.25);
    assertFactors(
        new ReduceOnPlateau(Goal.HIGHER, 0.5, 0).threshold(0.1),
        new double[] {100, 109, 111},
        1,
        0.5,
        0.5);
  }

  @Test
  void cooldownForgivesBadObservations() {
    assertFactors(
        new ReduceOnPlateau(Goal.LOWER, 0.5, 0).cooldown(2),
        new double[] {1, 1, 1, 1, 1, 1},
        1,
        0.5,
        0.5,
        0.5,
        0.25,
        0.25);
  }

  @Test
  void theFactorHasAFloorAndNaNIsNoImprovement() {
    assertFactors(
        new ReduceOnPlateau(Goal.LOWER, 0.1, 0).least(0.05),
        new double[] {Double.NaN, 1, Double.NaN, Double.NaN},
        0.1,
        0.1,
        0.05,
        0.05);
  }

  @Test
  void aRestoredScheduleGoesOn() {
    double[] metrics = {3, 2, 2, 2, 2, 1, 1, 1, 1, 1, 1, 1, 0.5, 0.5, 0.5, 0.5};
    LearningRateSchedule whole = schedule();
    LearningRateSchedule part = schedule();
    for (double metric : metrics) {
      whole.observe(metric);
      part.observe(metric);
      LearningRateSchedule restored = schedule();
      restored.importState(part.exportState());
      part = restored;
      assertEquals(whole.factor(9), part.factor(9));
    }
    assertEquals(0.125, whole.factor(9));
  }

  private static LearningRateSchedule schedule() {
    return new ReduceOnPlateau(Goal.LOWER, 0.5, 2).cooldown(1).afterWarmUp(3, 0.1);
  }

  @Test
  void warmUpPassesMetricsOn() {
    LearningRateSchedule schedule = new ReduceOnPlateau(Goal.LOWER, 0.5, 0).afterWarmUp(2, 0);
    schedule.observe(1);
    schedule.observe(1);
    assertEquals(0.5, schedule.factor(1), "in warm-up: its own ramp");
    assertEquals(0, schedule.factor(0));
    assertEquals(0.5, schedule.factor(2));
  }

  @Test
  void refusesWrongNumbersAndStates() {
    assertThrows(IllegalArgumentException.class, () -> new ReduceOnPlateau(Goal.LOWER, 1, 1));
    assertThrows(IllegalArgumentException.class, () -> new ReduceOnPlateau(Goal.LOWER, 0.5, -1));
    ReduceOnPlateau schedule = new ReduceOnPlateau(Goal.LOWER, 0.5, 1);
    assertThrows(IllegalArgumentException.class, () -> schedule.cooldown(-1));
    assertThrows(IllegalArgumentException.class, () -> schedule.threshold(-1));
    assertThrows(IllegalArgumentException.class, () -> schedule.least(2));
    assertThrows(IllegalArgumentException.class, () -> schedule.importState(Map.of()));
    assertThrows(
        IllegalArgumentException.class,
        () -> schedule.importState(Map.of("schedule.reduce_on_plateau", new double[3])));
  }
}
