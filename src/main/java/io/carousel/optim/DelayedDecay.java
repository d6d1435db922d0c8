package io.carousel.optim;

/**
 * 1 for a while, then lower by a factor after each period: of 10 steps, first 4 and then 1, factors
 * are 1, 1, 1, 1, gamma, gamma², gamma³, … The schedule of Zaremba, Sutskever and Vinyals 2014,
 * with periods of one epoch.
 *
 * @param hold steps at the initial learning rate, not negative
 * @param every steps at each later one, positive
 * @param gamma factor from one to the next, positive
 */
public record DelayedDecay(long hold, long every, double gamma) implements LearningRateSchedule {
  /** Checks the numbers. */
  public DelayedDecay {
    if (hold < 0) {
      throw new IllegalArgumentException("hold must not be negative, got " + hold);
    }
    ScheduleChecks.positive("every", every);
    ScheduleChecks.positive("gamma", gamma);
  }

  @Override
  public double factor(long step) {
    long reductions = step < hold ? 0 : 1 + (step - hold) / every;
    return Math.pow(gamma, (double) reductions);
  }
}
