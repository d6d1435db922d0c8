package io.carousel.optim;

import java.util.Map;

/**
 * The learning rate over time, as a factor of the initial one. Whoever trains decides whether a
 * step of the schedule is an optimizer step or an epoch.
 */
public interface LearningRateSchedule {
  /**
   * The factor of the initial learning rate.
   *
   * @param step number of steps done before, from 0
   */
  double factor(long step);

  /**
   * Tells the schedule a validation metric, such as the loss after an epoch. Only schedules that
   * are driven by one, or contain one that is, listen.
   */
  default void observe(double metric) {}

  /** What the schedule learned from metrics, as named arrays; empty when it learns nothing. */
  default Map<String, double[]> exportState() {
    return Map.of();
  }

  /**
   * Restores an exported state.
   *
   * @throws IllegalArgumentException when it is not the state of such a schedule
   */
  default void importState(Map<String, double[]> arrays) {
    if (!arrays.isEmpty()) {
      throw new IllegalArgumentException(
          "this schedule has no state, got one of " + arrays.keySet());
    }
  }

  /** This schedule after a linear warm-up; its step 0 is the warm-up's end. */
  default LearningRateSchedule afterWarmUp(long steps, double startFactor) {
    return new LinearWarmUp(steps, startFactor, this);
  }
}
