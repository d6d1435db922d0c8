package io.carousel.device;

/**
 * The largest batch that a plan holds.
 *
 * @param rows largest Σ n_t, the number of packed rows
 * @param batchSize largest N, the number of sequences
 */
public record PlanCapacity(int rows, int batchSize) {
  /** Checks the numbers. */
  public PlanCapacity {
    if (rows < 0 || batchSize < 1) {
      throw new IllegalArgumentException("rows " + rows + ", batchSize " + batchSize);
    }
  }

  /** The capacity that a batch needs. */
  public static PlanCapacity of(PackedShape shape) {
    return new PlanCapacity(shape.rows(), shape.batchSize());
  }

  /** Whether a batch fits. */
  public boolean holds(PackedShape shape) {
    return shape.rows() <= rows && shape.batchSize() <= batchSize;
  }

  /** Throws {@link IllegalArgumentException} unless a batch fits. */
  public void require(PackedShape shape) {
    if (!holds(shape)) {
      throw new IllegalArgumentException("batch " + shape + " exceeds the plan's " + this);
    }
  }
}
