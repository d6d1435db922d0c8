package io.carousel.device;

import org.jspecify.annotations.Nullable;

/** Moves states between the caller's row order and the sorted order of a packed batch. */
public final class RowOrder {
  private final @Nullable Matrix order;
  private final @Nullable Matrix inverse;

  /**
   * Uploads row numbers where the two orders differ.
   *
   * @param leases for as long as states are moved
   */
  public RowOrder(Queue queue, PackedShape shape, Leases leases) {
    if (shape.isSorted()) {
      order = null;
      inverse = null;
    } else {
      order = leases.leaseIntegers(1, shape.batchSize());
      inverse = leases.leaseIntegers(1, shape.batchSize());
      queue.upload(shape.order(), 0, order);
      queue.upload(shape.inverseOrder(), 0, inverse);
    }
  }

  /** sorted ← the rows of caller, or zeros where there is nothing. */
  public void sort(Queue queue, @Nullable Matrix caller, Matrix sorted) {
    if (caller == null) {
      queue.fill(sorted, 0);
    } else {
      move(queue, caller, order, sorted);
    }
  }

  /** caller ← the rows of sorted. */
  public void restore(Queue queue, Matrix sorted, Matrix caller) {
    move(queue, sorted, inverse, caller);
  }

  private static void move(Queue queue, Matrix from, @Nullable Matrix ids, Matrix to) {
    if (ids == null) {
      queue.copy(from, to);
    } else {
      queue.gatherRows(from, ids, to);
    }
  }
}
