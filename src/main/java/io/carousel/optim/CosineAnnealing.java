package io.carousel.optim;

/**
 * least + (1 - least)·(1 + cos(π·step / steps)) / 2 and, past the last step, least (Loshchilov and
 * Hutter 2017, without restarts), as PyTorch's {@code CosineAnnealingLR} up to there.
 *
 * @param steps length of the half wave, positive
 * @param least factor at its end, in [0, 1]
 */
public record CosineAnnealing(long steps, double least) implements LearningRateSchedule {
  /** Checks the numbers. */
  public CosineAnnealing {
    ScheduleChecks.positive("steps", steps);
    ScheduleChecks.fraction("least", least);
  }

  @Override
  public double factor(long step) {
    double progress = (double) Math.min(step, steps) / steps;
    return least + (1 - least) * (1 + Math.cos(Math.PI * progress)) / 2;
  }
}
