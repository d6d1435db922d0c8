package io.carousel.device.cuda;

import io.carousel.device.Matrix;

/**
 * Neighbouring rows of packed matrices.
 *
 * @param first packed row
 * @param count of rows
 */
record PackedRows(int first, int count) {
  /** Those rows of a matrix [Σ n_t, columns]. */
  Matrix of(Matrix packed) {
    return packed.rows(first, count);
  }

  /** Where others begin that are among these. */
  int placeOf(PackedRows others) {
    return others.first - first;
  }
}
