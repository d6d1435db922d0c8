package io.carousel.data;

/**
 * The indices {@code from ≤ i < to} of a series.
 *
 * @param from the first index
 * @param to the index after the last
 */
public record IndexRange(int from, int to) {
  /** Checks 0 ≤ from ≤ to. */
  public IndexRange {
    if (from < 0 || to < from) {
      throw new IllegalArgumentException("bad range [" + from + ", " + to + ")");
    }
  }

  /** Number of indices. */
  public int length() {
    return to - from;
  }

  /**
   * This range, after a check that it lies within {@code 0 ≤ i < length}.
   *
   * @throws IllegalArgumentException when it does not
   */
  public IndexRange within(int length) {
    if (to > length) {
      throw new IllegalArgumentException(
          "range [" + from + ", " + to + ") ends beyond a length of " + length);
    }
    return this;
  }
}
