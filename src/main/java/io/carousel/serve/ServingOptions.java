package io.carousel.serve;

import io.carousel.device.PlanChoice;
import io.carousel.device.Precision;
import org.jspecify.annotations.Nullable;

/**
 * How a model is served.
 *
 * @param runners calls that compute at the same time, each with workspace and packed weights of its
 *     own; further calls wait. 0 for the device's number of threads
 * @param plan which plan runs the stack
 * @param precision of the recurrent products, null for that of the file
 * @param verified whether the weights must be those that were saved, by their SHA-256, and the
 *     model answer its probes as it did then
 */
public record ServingOptions(
    int runners, PlanChoice plan, @Nullable Precision precision, boolean verified) {
  /**
   * A runner for each thread of the device, its best plan, the file's precision; nothing verified.
   */
  public static final ServingOptions DEFAULT = new ServingOptions(0, PlanChoice.AUTO, null, false);

  /** Checks the numbers. */
  public ServingOptions {
    if (runners < 0 || runners > 1024) {
      throw new IllegalArgumentException("runners must lie in 0..1024, got " + runners);
    }
  }

  /** The same with another number of runners. */
  public ServingOptions withRunners(int count) {
    return new ServingOptions(count, plan, precision, verified);
  }

  /** The same with another plan. */
  public ServingOptions withPlan(PlanChoice choice) {
    return new ServingOptions(runners, choice, precision, verified);
  }

  /** The same with another precision. */
  public ServingOptions withPrecision(@Nullable Precision format) {
    return new ServingOptions(runners, plan, format, verified);
  }

  /** The same, to be verified or not. */
  public ServingOptions withVerified(boolean whether) {
    return new ServingOptions(runners, plan, precision, whether);
  }
}
