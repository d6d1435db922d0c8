package io.carousel.optim;

/**
 * gamma^⌊step / every⌋, as PyTorch's {@code StepLR}.
 *
 * @param every number of steps at one learning rate, positive
 * @param gamma factor from one to the next, positive
 */
public record StepDecay(long every, double gamma) implements LearningRateSchedule {
  /** Checks the numbers. */
  public StepDecay {
    ScheduleChecks.positive("every", every);
    ScheduleChecks.positive("gamma", gamma);
  }

  @Override
  public double factor(long step) {
    long reductions = step / every;
    return Math.pow(gamma, (double) reductions);
  }
}
