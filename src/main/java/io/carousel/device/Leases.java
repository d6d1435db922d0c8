package io.carousel.device;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Matrices lent by a pool that go back together; see {@link MatrixPool#lease}. */
public final class Leases implements AutoCloseable {
  private final MatrixPool pool;
  private final List<Matrix> lent = new ArrayList<>();

  /** Nothing lent yet. */
  public Leases(MatrixPool pool) {
    this.pool = pool;
  }

  /** Lends reals. */
  public Matrix lease(int rows, int columns) {
    return add(pool.lease(rows, columns));
  }

  /** Lends a matrix of any type. */
  public Matrix lease(ElementType type, int rows, int columns) {
    return add(pool.lease(type, rows, columns));
  }

  /** Lends reals of the shape of another matrix; null where there is none. */
  public @Nullable Matrix leaseLike(@Nullable Matrix other) {
    return other == null ? null : lease(other.rows(), other.columns());
  }

  /** Lends integers. */
  public Matrix leaseIntegers(int rows, int columns) {
    return add(pool.leaseIntegers(rows, columns));
  }

  private Matrix add(Matrix matrix) {
    lent.add(matrix);
    return matrix;
  }

  /** Gives everything back; more may be lent afterwards. */
  @Override
  public void close() {
    lent.forEach(pool::release);
    lent.clear();
  }
}
