package io.carousel.device;

/**
 * A row-major view [rows, columns] into a {@link DeviceBuffer}: element (r, c) lies at {@code
 * offset + r * stride + c}. Vectors are matrices of one row. A view owns nothing and is valid as
 * long as its buffer is open.
 *
 * @param buffer the memory
 * @param offset index of element (0, 0)
 * @param rows number of rows, may be 0
 * @param columns number of columns
 * @param stride distance between two rows, in elements
 */
public record Matrix(DeviceBuffer buffer, long offset, int rows, int columns, int stride) {
  /** Checks that the view lies inside its buffer. */
  public Matrix {
    if (rows < 0 || columns < 0 || offset < 0 || (rows > 1 && stride < columns)) {
      throw new IllegalArgumentException(
          "no such view: rows %d, columns %d, offset %d, stride %d"
              .formatted(rows, columns, offset, stride));
    }
    long end = rows == 0 ? offset : offset + (rows - 1L) * stride + columns;
    if (end > buffer.size()) {
      throw new IndexOutOfBoundsException(
          "view [%d, %d] at %d (stride %d) ends at %d, past the %d elements of '%s'"
              .formatted(rows, columns, offset, stride, end, buffer.size(), buffer.owner()));
    }
  }

  /** The first {@code rows * columns} elements of a buffer as a contiguous matrix. */
  public static Matrix of(DeviceBuffer buffer, int rows, int columns) {
    return new Matrix(buffer, 0, rows, columns, columns);
  }

  /** The {@code count} rows that start at {@code from}. */
  public Matrix rows(int from, int count) {
    if (from == 0 && count == rows) {
      return this;
    }
    checkRange("rows", from, count, rows);
    return new Matrix(buffer, offset + (long) from * stride, count, columns, stride);
  }

  /** The {@code count} columns that start at {@code from}. */
  public Matrix columns(int from, int count) {
    if (from == 0 && count == columns) {
      return this;
    }
    checkRange("columns", from, count, columns);
    return new Matrix(buffer, offset + (rows == 0 ? 0 : from), rows, count, stride);
  }

  /** The same elements under another shape of as many elements; only for contiguous views. */
  public Matrix reshape(int newRows, int newColumns) {
    if (!isContiguous() || (long) newRows * newColumns != size()) {
      throw new IllegalArgumentException(
          "cannot view %s as [%d, %d]".formatted(shape(), newRows, newColumns));
    }
    return new Matrix(buffer, offset, newRows, newColumns, newColumns);
  }

  /** Whether the rows follow each other without gaps. */
  public boolean isContiguous() {
    return rows <= 1 || stride == columns;
  }

  /** Number of elements. */
  public long size() {
    return (long) rows * columns;
  }

  /** The shape in brackets, for messages. */
  public String shape() {
    return "[" + rows + ", " + columns + "]";
  }

  /**
   * Throws {@link IllegalArgumentException} that names the operand unless the shape is as given.
   */
  public void require(String operand, int expectedRows, int expectedColumns) {
    if (rows != expectedRows || columns != expectedColumns) {
      throw new IllegalArgumentException(
          "%s: expected [%d, %d], got %s%s"
              .formatted(
                  operand,
                  expectedRows,
                  expectedColumns,
                  shape(),
                  Transposition.hint(new long[] {expectedRows, expectedColumns}, rows, columns)));
    }
  }

  private static void checkRange(String axis, int from, int count, int limit) {
    if (from < 0 || count < 0 || (long) from + count > limit) {
      throw new IndexOutOfBoundsException(
          "%s %d..%d of %d".formatted(axis, from, from + count, limit));
    }
  }
}
