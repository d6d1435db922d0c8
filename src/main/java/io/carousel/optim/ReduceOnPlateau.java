package io.carousel.optim;

import java.util.Map;

/**
 * Multiplies the learning rate by a factor when a metric has not improved for more than {@code
 * patience} observations, as PyTorch's {@code ReduceLROnPlateau}. An improvement is relative, by
 * more than {@code threshold}. NaN is no improvement. Not thread-safe.
 */
public final class ReduceOnPlateau implements LearningRateSchedule {
  /** Which way the metric improves. */
  public enum Goal {
    /** The smaller, the better: a loss. */
    LOWER,
    /** The larger, the better: an accuracy. */
    HIGHER
  }

  private static final String STATE = "schedule.reduce_on_plateau";

  private final Goal goal;
  private final double reduction;
  private final int patience;
  private double threshold = 1e-4;
  private int cooldown;
  private double least;

  private double best;
  private double factor = 1;
  private long badObservations;
  private long cooldownLeft;

  /**
   * The schedule with threshold 1e-4, no cooldown and no least factor.
   *
   * @param goal which way the metric improves
   * @param reduction factor of one reduction, in (0, 1); PyTorch's default is 0.1
   * @param patience observations without improvement that are borne; PyTorch's default is 10
   */
  public ReduceOnPlateau(Goal goal, double reduction, int patience) {
    if (!(reduction > 0 && reduction < 1)) {
      throw new IllegalArgumentException("reduction must lie in (0, 1), got " + reduction);
    }
    if (patience < 0) {
      throw new IllegalArgumentException("patience must not be negative, got " + patience);
    }
    this.goal = goal;
    this.reduction = reduction;
    this.patience = patience;
    best = goal == Goal.LOWER ? Double.POSITIVE_INFINITY : Double.NEGATIVE_INFINITY;
  }

  /** Sets by which fraction of the best metric another one must be better. */
  public ReduceOnPlateau threshold(double value) {
    ScheduleChecks.fraction("threshold", value);
    threshold = value;
    return this;
  }

  /** Sets how many observations after a reduction do not count as bad. */
  public ReduceOnPlateau cooldown(int observations) {
    if (observations < 0) {
      throw new IllegalArgumentException("cooldown must not be negative, got " + observations);
    }
    cooldown = observations;
    return this;
  }

  /** Sets the factor below which the learning rate does not fall. */
  public ReduceOnPlateau least(double value) {
    ScheduleChecks.fraction("least", value);
    least = value;
    return this;
  }

  @Override
  public double factor(long step) {
    return factor;
  }

  @Override
  public void observe(double metric) {
    if (improves(metric)) {
      best = metric;
      badObservations = 0;
    } else {
      badObservations++;
    }
    if (cooldownLeft > 0) {
      cooldownLeft--;
      badObservations = 0;
    }
    if (badObservations > patience) {
      factor = Math.max(factor * reduction, least);
      cooldownLeft = cooldown;
      badObservations = 0;
    }
  }

  private boolean improves(double metric) {
    return goal == Goal.LOWER ? metric < best * (1 - threshold) : metric > best * (1 + threshold);
  }

  @Override
  public Map<String, double[]> exportState() {
    return Map.of(STATE, new double[] {best, factor, badObservations, cooldownLeft});
  }

  @Override
  public void importState(Map<String, double[]> arrays) {
    double[] state = arrays.get(STATE);
    if (state == null || state.length != 4 || arrays.size() != 1) {
      throw new IllegalArgumentException(
          "expected the state '%s' of 4 values, got %s".formatted(STATE, arrays.keySet()));
    }
    best = state[0];
    factor = state[1];
    badObservations = (long) state[2];
    cooldownLeft = (long) state[3];
  }
}
