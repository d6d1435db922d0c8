package io.carousel.rnn;

import io.carousel.device.Device;
import io.carousel.device.PlanCapacity;
import io.carousel.device.PlanChoice;
import io.carousel.device.RecurrentPlan;
import io.carousel.device.RecurrentSpec;

/** Chooses the plan of a stack, once. */
public final class Plans {
  private Plans() {}

  /**
   * Makes a plan.
   *
   * @param device where it runs
   * @param spec the stack
   * @param capacity the largest batch
   * @param choice {@code FUSED} takes the device's own plan or throws; {@code AUTO} takes it where
   *     there is one
   * @throws IllegalArgumentException with the reason, when the plan cannot be had
   */
  public static RecurrentPlan create(
      Device device, RecurrentSpec spec, PlanCapacity capacity, PlanChoice choice) {
    String why =
        choice == PlanChoice.STEPWISE
            ? "the stepwise plan was asked for"
            : device.whyNotFused(spec, capacity);
    if (why == null) {
      return device.fusedPlan(spec, capacity);
    }
    if (choice == PlanChoice.FUSED) {
      throw new IllegalArgumentException("no fused plan: " + why);
    }
    return new StepwisePlan(device, spec, capacity, why);
  }
}
