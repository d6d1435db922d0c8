package io.carousel.io;

import io.carousel.device.GateLayout;

/**
 * A weight as Keras and TensorFlow have it, with one row per input: the transpose of ours, gates
 * side by side.
 *
 * @param values row by row
 * @param columns outputs, or G·H
 */
record Kernel(double[] values, int columns) {
  /** [columns, count] of the rows from {@code first} on. */
  double[] transposed(int first, int count) {
    double[] result = new double[Math.multiplyExact(count, columns)];
    for (int r = 0; r < count; r++) {
      for (int c = 0; c < columns; c++) {
        result[c * count + r] = values[(first + r) * columns + c];
      }
    }
    return result;
  }

  /** [G·H, count] of the rows from {@code first} on, in our order of gates. */
  double[] gates(GateLayout gates, int first, int count) {
    return gates.toOurs(transposed(first, count));
  }
}
