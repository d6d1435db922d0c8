package io.carousel.device;

/**
 * Moves numbers between host and device and within the device. Transfers from and to the host
 * block.
 */
public interface MemoryOperations {
  /**
   * Overwrites {@code to} with {@code from[offset ..]}, row by row, converting to the device's real
   * type.
   */
  void upload(double[] from, int offset, Matrix to);

  /** Overwrites {@code to} with {@code from[offset ..]}, row by row. */
  void upload(float[] from, int offset, Matrix to);

  /** Overwrites integers {@code to} with {@code from[offset ..]}, row by row. */
  void upload(int[] from, int offset, Matrix to);

  /** Writes {@code from} into {@code to[offset ..]}, row by row. */
  void download(Matrix from, double[] to, int offset);

  /** Writes {@code from} into {@code to[offset ..]}, row by row, rounding to float. */
  void download(Matrix from, float[] to, int offset);

  /** Writes integers {@code from} into {@code to[offset ..]}, row by row. */
  void download(Matrix from, int[] to, int offset);

  /**
   * Overwrites {@code to} with {@code from}, of the same shape; real numbers and {@linkplain
   * Device#operandType operands} are converted into each other, rounding to nearest, ties to even.
   */
  void copy(Matrix from, Matrix to);

  /** Overwrites every element with a number. */
  void fill(Matrix to, double value);
}
