package io.carousel.task.translation;

/**
 * How a translation is searched for.
 *
 * @param width hypotheses that are followed beside each other; 1 is greedy
 * @param lengthPenalty α of Wu et al. 2016 (equation 14 without coverage): hypotheses compare by
 *     log P / ((5 + length) / 6)^α, where the length counts the end; 0 for log P alone
 */
public record Beam(int width, double lengthPenalty) {
  /** The best next token each time. */
  public static final Beam GREEDY = new Beam(1, 0);

  /** What is usual for translation. */
  public static final Beam STANDARD = new Beam(5, 1);

  /** Checks the numbers. */
  public Beam {
    if (width < 1 || !(lengthPenalty >= 0 && lengthPenalty <= 10)) {
      throw new IllegalArgumentException(
          "beam %d must be positive, length penalty %s must lie in [0, 10]"
              .formatted(width, lengthPenalty));
    }
  }

  /** What a hypothesis is worth. */
  double score(double logProbability, int length) {
    return logProbability / Math.pow((5.0 + length) / 6, lengthPenalty);
  }
}
