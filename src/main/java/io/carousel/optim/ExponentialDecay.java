package io.carousel.optim;

/**
 * gamma^step, as PyTorch's {@code ExponentialLR}.
 *
 * @param gamma factor from one step to the next, positive
 */
public record ExponentialDecay(double gamma) implements LearningRateSchedule {
  /** Checks the number. */
  public ExponentialDecay {
    ScheduleChecks.positive("gamma", gamma);
  }

  @Override
  public double factor(long step) {
    return Math.pow(gamma, (double) step);
  }
}
