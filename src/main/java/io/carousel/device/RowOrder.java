package io.carousel.device;

import org.jspecify.annotations.Nullable;

/**
 * Moves the states of one run between those of all runs, in the caller's row order, and matrices of
 * its own [N, columns] in the sorted order of a packed batch.
 */
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

  /**
   * sorted ← a run's rows.
   *
   * @param run k·D + d
   * @param states [L·D·N, columns], null for zeros
   */
  public void sort(Queue queue, int run, @Nullable Matrix states, Matrix sorted) {
    if (states == null) {
      queue.fill(sorted, 0);
    } else {
      move(queue, rowsOf(run, states, sorted), order, sorted);
    }
  }

  /**
   * A run's rows ← sorted.
   *
   * @param run k·D + d
   * @param states [L·D·N, columns], null where they are not wanted
   */
  public void restore(Queue queue, int run, Matrix sorted, @Nullable Matrix states) {
    if (states != null) {
      move(queue, sorted, inverse, rowsOf(run, states, sorted));
    }
  }

  private static Matrix rowsOf(int run, Matrix states, Matrix sorted) {
    return states.rows(run * sorted.rows(), sorted.rows());
  }

  private static void move(Queue queue, Matrix from, @Nullable Matrix ids, Matrix to) {
    if (ids == null) {
      queue.copy(from, to);
    } else {
      queue.gatherRows(from, ids, to);
    }
  }
}
