package io.carousel.device.cuda;

import io.carousel.device.Matrix;

/**
 * A matrix with a row for every packed row of a batch, of which all are held, or those of one chunk
 * at a time, in the same place.
 */
final class StepMatrix {
  private final Matrix matrix;
  private final boolean holdsAll;

  /**
   * A matrix in memory.
   *
   * @param matrix [Σ n_t, columns], or with as many rows as the largest chunk
   */
  StepMatrix(Matrix matrix, boolean holdsAll) {
    this.matrix = matrix;
    this.holdsAll = holdsAll;
  }

  /** Some rows; all of a chunk at most, where not all are held. */
  Matrix of(PackedRows rows) {
    return holdsAll ? rows.of(matrix) : matrix.rows(0, rows.count());
  }
}
