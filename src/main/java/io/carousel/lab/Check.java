package io.carousel.lab;

/**
 * One thing that must hold for an experiment to pass. NaN never passes.
 *
 * @param words what was measured
 * @param value the figure
 * @param condition what it must be, such as {@code at most 1e-6}
 * @param passed whether it is
 */
public record Check(String words, double value, String condition, boolean passed) {
  /** The value must not exceed a limit. */
  public static Check atMost(String words, double value, double limit) {
    return new Check(words, value, "at most " + Figures.shown(limit), value <= limit);
  }

  /** The value must reach a limit. */
  public static Check atLeast(String words, double value, double limit) {
    return new Check(words, value, "at least " + Figures.shown(limit), value >= limit);
  }

  /** The value must lie within two limits, both allowed. */
  public static Check within(String words, double value, double least, double most) {
    String condition = "within %s and %s".formatted(Figures.shown(least), Figures.shown(most));
    return new Check(words, value, condition, value >= least && value <= most);
  }
}
