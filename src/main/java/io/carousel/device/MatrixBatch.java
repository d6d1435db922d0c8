package io.carousel.device;

/**
 * Matrices of one shape at equal distances in one buffer: matrix b is the first one, moved by
 * {@code b · distance} elements. A view like {@link Matrix}.
 *
 * @param first matrix 0
 * @param count number of matrices, may be 0
 * @param distance from one matrix to the next, in elements, not negative
 */
public record MatrixBatch(Matrix first, int count, long distance) {
  /** Checks that all matrices lie inside their buffer. */
  public MatrixBatch {
    if (count < 0 || distance < 0) {
      throw new IllegalArgumentException(
          "no such batch: count %d, distance %d".formatted(count, distance));
    }
    if (count > 1) {
      at(first, count - 1, distance);
    }
  }

  /**
   * Blocks of equally many rows of one matrix, [count · rows, columns]: one matrix after the other.
   *
   * @throws IllegalArgumentException when the rows cannot be shared out
   */
  public static MatrixBatch blocks(Matrix x, int count) {
    int rows = share(x, count);
    return new MatrixBatch(x.rows(0, rows), count, (long) rows * x.stride());
  }

  /**
   * Sequences that lie time-major in one matrix, [T · count, columns], padded to equal length:
   * matrix n has T rows, the rows n, n + count, n + 2·count, … of x.
   *
   * @throws IllegalArgumentException when the rows cannot be shared out
   */
  public static MatrixBatch timeMajor(Matrix x, int count) {
    int steps = share(x, count);
    int stride = Math.multiplyExact(count, x.stride());
    Matrix first = new Matrix(x.buffer(), x.offset(), steps, x.columns(), stride);
    return new MatrixBatch(first, count, x.stride());
  }

  private static int share(Matrix x, int count) {
    if (count <= 0 || x.rows() % count != 0) {
      throw new IllegalArgumentException(
          "%s does not consist of %d matrices of equally many rows".formatted(x.shape(), count));
    }
    return x.rows() / count;
  }

  /** Matrix b, 0 to count - 1. */
  public Matrix matrix(int b) {
    if (b < 0 || b >= count) {
      throw new IndexOutOfBoundsException("matrix %d of %d".formatted(b, count));
    }
    return at(first, b, distance);
  }

  private static Matrix at(Matrix first, int b, long distance) {
    if (first.rows() == 0) {
      return first; // of no elements, wherever it lies
    }
    long offset = first.offset() + b * distance;
    return new Matrix(first.buffer(), offset, first.rows(), first.columns(), first.stride());
  }
}
