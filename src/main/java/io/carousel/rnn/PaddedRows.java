package io.carousel.rnn;

import io.carousel.device.Matrix;
import io.carousel.device.MatrixPool;
import io.carousel.device.PackedShape;
import io.carousel.device.Queue;

/**
 * Moves rows on the device between packed sequences [Σ n_t, F], as recurrent stacks take and give
 * them, and padded ones [T · N, F]: row t · N + n is step t of the caller's sequence n, zeros past
 * its end. Either direction is the gradient of the other: with {@code y = pad(x)}, dX is {@code
 * pack(dY)}, and the other way round. ({@link Packing} does the same on the host.)
 */
public final class PaddedRows implements AutoCloseable {
  private final MatrixPool pool;
  private final PackedShape shape;
  private final Matrix packedRows;
  private final Matrix paddedRows;

  /**
   * The moves of one batch.
   *
   * @param queue carries row numbers to the device
   * @param pool lends room for them until {@link #close}
   * @param shape of the batch
   */
  public PaddedRows(Queue queue, MatrixPool pool, PackedShape shape) {
    this.shape = shape;
    this.pool = pool.nested();
    int n = shape.batchSize();
    int[] ofPadded = new int[Math.multiplyExact(shape.steps(), n)];
    int[] ofPacked = new int[shape.rows()];
    for (int row = 0; row < ofPadded.length; row++) {
      int packed = shape.packedRow(row / n, row % n);
      ofPadded[row] = packed; // -1 past the end: zeros
      if (packed >= 0) {
        ofPacked[packed] = row;
      }
    }
    try {
      packedRows = this.pool.leaseIntegers(1, ofPadded.length);
      paddedRows = this.pool.leaseIntegers(1, ofPacked.length);
      queue.upload(ofPadded, 0, packedRows);
      queue.upload(ofPacked, 0, paddedRows);
    } catch (RuntimeException e) {
      this.pool.close(); // nobody else can
      throw e;
    }
  }

  /** T · N, the number of padded rows. */
  public int rows() {
    return packedRows.columns();
  }

  /**
   * Pads.
   *
   * @param packed [Σ n_t, F]; read
   * @param padded [T · N, F]; overwritten
   */
  public void pad(Queue queue, Matrix packed, Matrix padded) {
    require(packed, padded);
    queue.gatherRows(packed, packedRows, padded);
  }

  /**
   * Packs.
   *
   * @param padded [T · N, F]; read
   * @param packed [Σ n_t, F]; overwritten
   */
  public void pack(Queue queue, Matrix padded, Matrix packed) {
    require(packed, padded);
    queue.gatherRows(padded, paddedRows, packed);
  }

  private void require(Matrix packed, Matrix padded) {
    packed.require("packed [Σ n_t, F]", shape.rows(), packed.columns());
    padded.require("padded [T · N, F]", rows(), packed.columns());
  }

  /** Gives the row numbers back. */
  @Override
  public void close() {
    pool.close();
  }
}
