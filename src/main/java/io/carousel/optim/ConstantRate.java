package io.carousel.optim;

/** The initial learning rate throughout. */
public record ConstantRate() implements LearningRateSchedule {
  @Override
  public double factor(long step) {
    return 1;
  }
}
