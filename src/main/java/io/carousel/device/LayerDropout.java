package io.carousel.device;

import org.jspecify.annotations.Nullable;

/**
 * Dropout between the layers of a stack in one training pass: the same masks forward and back,
 * whatever plan runs.
 */
public final class LayerDropout {
  private final Queue queue;
  private final double rate;
  private final long key;
  private final Matrix rowIds;
  private final Matrix draw;

  private LayerDropout(
      Queue queue, RecurrentSpec spec, PackedShape shape, Leases leases, long key) {
    this.queue = queue;
    this.key = key;
    rate = spec.dropout();
    rowIds = leases.leaseIntegers(2, shape.rows());
    draw = leases.leaseIntegers(1, 1);
    queue.upload(shape.rowIds(), 0, rowIds);
  }

  /**
   * The dropout of a training pass, null where the stack has none.
   *
   * @param leases for as long as the pass is open
   * @param key from {@link Philox#key}
   */
  public static @Nullable LayerDropout of(
      Queue queue, RecurrentSpec spec, PackedShape shape, Leases leases, long key) {
    return spec.dropout() > 0 && spec.numLayers() > 1
        ? new LayerDropout(queue, spec, shape, leases, key)
        : null;
  }

  /** Sets the number of the pass, from which its masks are made; a transfer from the host. */
  public void setDraw(int number) {
    queue.upload(new int[] {number}, 0, draw);
  }

  /** Drops elements of a layer's output [Σ n_t, D·R], or of its gradient. */
  public void apply(int layer, Matrix matrix) {
    apply(queue, layer, matrix, 0, matrix.rows());
  }

  /**
   * Drops elements of some of its rows.
   *
   * @param on the queue; the one of the pass, or one beside it
   * @param first packed row
   * @param count of rows
   */
  public void apply(Queue on, int layer, Matrix matrix, int first, int count) {
    Matrix rows = matrix.rows(first, count);
    long layerKey = Philox.key(key, "layer" + layer);
    on.dropout(rate, layerKey, draw, rowIds.columns(first, count), rows, rows);
  }
}
