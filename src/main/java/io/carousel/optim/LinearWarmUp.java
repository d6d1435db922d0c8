package io.carousel.optim;

import java.util.Map;

/**
 * Rises linearly from {@code startFactor} to 1 within {@code steps} steps, then follows another
 * schedule from its step 0, as PyTorch's {@code LinearLR} in {@code SequentialLR}.
 *
 * @param steps length of the warm-up, positive
 * @param startFactor factor of step 0, in [0, 1]
 * @param then the schedule after it; it hears the metrics throughout
 */
public record LinearWarmUp(long steps, double startFactor, LearningRateSchedule then)
    implements LearningRateSchedule {
  /** Checks the numbers. */
  public LinearWarmUp {
    ScheduleChecks.positive("steps", steps);
    ScheduleChecks.fraction("startFactor", startFactor);
  }

  @Override
  public double factor(long step) {
    return step < steps
        ? startFactor + (1 - startFactor) * ((double) step / steps)
        : then.factor(step - steps);
  }

  @Override
  public void observe(double metric) {
    then.observe(metric);
  }

  @Override
  public Map<String, double[]> exportState() {
    return then.exportState();
  }

  @Override
  public void importState(Map<String, double[]> arrays) {
    then.importState(arrays);
  }
}
