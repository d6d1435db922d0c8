package io.carousel.nn;

import io.carousel.device.Matrix;
import io.carousel.device.MatrixPool;

/**
 * Targets of a loss and the normalised weights of their rows, on the device. They serve any number
 * of times until {@link #close} gives them back to the loss's pool.
 */
public final class LossTargets implements AutoCloseable {
  private final MatrixPool pool;
  private final Matrix values;
  private final Matrix rowWeights;
  private final double weight;
  private boolean closed;

  LossTargets(MatrixPool pool, Matrix values, Matrix rowWeights, double weight) {
    this.pool = pool;
    this.values = values;
    this.rowWeights = rowWeights;
    this.weight = weight;
  }

  /** Number of rows, weightless ones included. */
  public int rows() {
    return rowWeights.columns();
  }

  /**
   * The weight of these targets in a mean over several batches: Σ of their weights before they were
   * normalised. 0 when all are masked.
   */
  public double weight() {
    return weight;
  }

  Matrix values() {
    requireOpen();
    return values;
  }

  Matrix rowWeights() {
    requireOpen();
    return rowWeights;
  }

  void requireRows(Matrix outputs) {
    if (outputs.rows() != rows()) {
      throw new IllegalArgumentException(
          "loss: outputs %s have %d rows, the targets %d"
              .formatted(outputs.shape(), outputs.rows(), rows()));
    }
  }

  private void requireOpen() {
    if (closed) {
      throw new IllegalStateException("these targets were closed: upload them again");
    }
  }

  /** Gives the matrices back; does nothing when that was done before. */
  @Override
  public void close() {
    if (!closed) {
      closed = true;
      pool.release(values);
      pool.release(rowWeights);
    }
  }
}
