package io.carousel.task.language;

import io.carousel.optim.ConstantRate;
import io.carousel.optim.CosineAnnealing;
import io.carousel.optim.DelayedDecay;
import io.carousel.optim.LearningRateSchedule;

/**
 * How the learning rate falls.
 *
 * @param shape of its curve
 * @param hold epochs before it falls first; of {@link Shape#EPOCHS}
 * @param factor from one epoch to the next after these; of {@link Shape#EPOCHS}
 */
public record Decay(Shape shape, int hold, double factor) {
  /** Curves of the learning rate. */
  public enum Shape {
    /** It does not fall. */
    CONSTANT,
    /** Half a cosine, from the initial learning rate to a fiftieth of it in the last step. */
    COSINE,
    /** By a factor from epoch to epoch, after some epochs. */
    EPOCHS
  }

  /** No decay. */
  public static final Decay CONSTANT = new Decay(Shape.CONSTANT, 0, 1);

  /** Half a cosine over the planned epochs. */
  public static final Decay COSINE = new Decay(Shape.COSINE, 0, 1);

  private static final double COSINE_END = 0.02;

  /** Checks the numbers. */
  public Decay {
    if (hold < 0 || !(factor > 0 && factor <= 1)) {
      throw new IllegalArgumentException(
          "decay after %d epochs by %s: epochs must not be negative, the factor lie in (0, 1]"
              .formatted(hold, factor));
    }
  }

  /** By a factor from each epoch to the next, after the first so many. */
  public static Decay afterEpochs(int hold, double factor) {
    return new Decay(Shape.EPOCHS, hold, factor);
  }

  /** The schedule of a run of so many epochs of so many steps. */
  LearningRateSchedule schedule(int epochs, long stepsPerEpoch) {
    return switch (shape) {
      case CONSTANT -> new ConstantRate();
      case COSINE -> new CosineAnnealing(epochs * stepsPerEpoch, COSINE_END);
      case EPOCHS -> new DelayedDecay(hold * stepsPerEpoch, stepsPerEpoch, factor);
    };
  }

  @Override
  public String toString() {
    return switch (shape) {
      case CONSTANT -> "constant";
      case COSINE -> "on a cosine";
      case EPOCHS -> "times %s each epoch after epoch %d".formatted(factor, hold);
    };
  }
}
