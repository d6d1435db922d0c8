package io.carousel.data;

/**
 * A series cut in time: first training, then validation, then test. Validation or test may be
 * empty.
 *
 * @param train the indices to learn from
 * @param validation the indices to choose by
 * @param test the indices to report on
 */
public record TimeSplit(IndexRange train, IndexRange validation, IndexRange test) {
  /** Checks that the parts follow each other from index 0 and that there is something to train. */
  public TimeSplit {
    if (train.from() != 0
        || train.length() == 0
        || validation.from() != train.to()
        || test.from() != validation.to()) {
      throw new IllegalArgumentException(
          "not a split in time: train " + train + ", validation " + validation + ", test " + test);
    }
  }

  /**
   * Cuts {@code length} values at {@code validationFrom} and at {@code testFrom}.
   *
   * @throws IllegalArgumentException unless 0 &lt; validationFrom ≤ testFrom ≤ length
   */
  public static TimeSplit at(int length, int validationFrom, int testFrom) {
    if (validationFrom <= 0 || testFrom < validationFrom || length < testFrom) {
      throw new IllegalArgumentException(
          "cannot cut %d values at %d and %d: expected 0 < first cut <= second cut <= length"
              .formatted(length, validationFrom, testFrom));
    }
    return new TimeSplit(
        new IndexRange(0, validationFrom),
        new IndexRange(validationFrom, testFrom),
        new IndexRange(testFrom, length));
  }

  /**
   * Cuts {@code length} values so that {@code train} and {@code validation} of them, as fractions,
   * are the first two parts; the rest is the test part. Cuts are rounded to the nearest index.
   *
   * @throws IllegalArgumentException when a fraction is outside of [0, 1], their sum is above 1, or
   *     the training part comes out empty
   */
  public static TimeSplit byFractions(int length, double train, double validation) {
    double roundingSlack = 1e-9; // 0.7 + 0.2 + 0.1 is not 1
    if (!(train > 0 && validation >= 0 && train + validation <= 1 + roundingSlack)) {
      throw new IllegalArgumentException(
          "bad fractions: train " + train + ", validation " + validation);
    }
    return at(
        length,
        (int) Math.round(length * train),
        (int) Math.min(length, Math.round(length * (train + validation))));
  }
}
