package io.carousel.rnn;

import io.carousel.device.ElementType;
import io.carousel.device.Matrix;
import io.carousel.device.MatrixPool;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Matrices lent by a pool that go back together. */
final class Leases implements AutoCloseable {
  private final MatrixPool pool;
  private final List<Matrix> lent = new ArrayList<>();

  Leases(MatrixPool pool) {
    this.pool = pool;
  }

  Matrix lease(int rows, int columns) {
    return add(pool.lease(rows, columns));
  }

  Matrix lease(ElementType type, int rows, int columns) {
    return add(pool.lease(type, rows, columns));
  }

  /** Reals of the shape of another matrix, null where there is none. */
  @Nullable Matrix leaseLike(@Nullable Matrix other) {
    return other == null ? null : lease(other.rows(), other.columns());
  }

  Matrix leaseIntegers(int rows, int columns) {
    return add(pool.leaseIntegers(rows, columns));
  }

  private Matrix add(Matrix matrix) {
    lent.add(matrix);
    return matrix;
  }

  @Override
  public void close() {
    lent.forEach(pool::release);
    lent.clear();
  }
}
