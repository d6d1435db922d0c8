package io.carousel.io;

/**
 * How far a tensor lies from its reference.
 *
 * @param tensor name, as in the case
 * @param absolute largest absolute difference of two elements; NaN when one of them is NaN
 * @param relative the same divided by max(1, largest absolute element of the reference)
 */
public record TensorDifference(String tensor, double absolute, double relative) {
  /**
   * Compares element by element.
   *
   * @throws IllegalArgumentException when the two differ in size
   */
  public static TensorDifference of(String tensor, double[] reference, double[] computed) {
    if (computed.length != reference.length) {
      throw new IllegalArgumentException(
          "%s: computed %d values, the case has %d"
              .formatted(tensor, computed.length, reference.length));
    }
    double largest = 0;
    double scale = 1;
    for (int i = 0; i < reference.length; i++) {
      largest = Math.max(largest, Math.abs(computed[i] - reference[i]));
      scale = Math.max(scale, Math.abs(reference[i]));
    }
    return new TensorDifference(tensor, largest, largest / scale);
  }

  /** Whether the relative difference is a number not above the tolerance. */
  public boolean isWithin(double tolerance) {
    return relative <= tolerance;
  }
}
