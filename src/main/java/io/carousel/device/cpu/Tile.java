package io.carousel.device.cpu;

import io.carousel.device.Matrix;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Working space of one part of an operation: a few float arrays that stay in the first-level cache,
 * and the rectangle of the operands that they stand for at the moment. Rows of the rectangle follow
 * each other in the arrays without gaps, from index 0 on, which is what C2 vectorises best.
 */
final class Tile {
  /** Length of each array. */
  static final int SIZE = 1024;

  private static final int LANES = 10;

  private final float[][] lanes = new float[LANES][SIZE];
  private final int[] words = new int[4];
  private int row;
  private int rows;
  private long column;
  private int columns;

  /** Sets the rectangle, of at most {@link #SIZE} elements. */
  void place(int newRow, int newRows, long newColumn, int newColumns) {
    row = newRow;
    rows = newRows;
    column = newColumn;
    columns = newColumns;
  }

  /** Number of elements in the rectangle. */
  int count() {
    return rows * columns;
  }

  /** First row of the rectangle. */
  int row() {
    return row;
  }

  /** Number of rows of the rectangle. */
  int rows() {
    return rows;
  }

  /** First column of the rectangle. */
  long column() {
    return column;
  }

  /** Number of columns of the rectangle. */
  int columns() {
    return columns;
  }

  /** Room for four random words. */
  int[] words() {
    return words;
  }

  /** One of the arrays, with whatever it holds. */
  float[] lane(int lane) {
    return lanes[lane];
  }

  /** Reads the rectangle of a matrix into an array. */
  float[] load(int lane, Matrix matrix) {
    return load(lane, matrix, 0);
  }

  /**
   * Reads the rectangle, moved right, into an array.
   *
   * @param shift columns to the right: where a gate's block starts
   */
  float[] load(int lane, Matrix matrix, int shift) {
    CpuBuffer buffer = CpuBuffer.reals(matrix);
    float[] to = lanes[lane];
    long index = matrix.offset() + (long) row * matrix.stride() + column + shift;
    if (rows == 1 || matrix.stride() == columns) {
      buffer.read(index, to, 0, rows * columns);
      return to;
    }
    for (int r = 0; r < rows; r++) {
      buffer.read(index, to, r * columns, columns);
      index += matrix.stride();
    }
    return to;
  }

  /** Reads the sum of up to two matrices into an array; zeros where both are absent. */
  float[] loadSum(int lane, int spare, @Nullable Matrix a, @Nullable Matrix b) {
    float[] sum = lanes[lane];
    if (a != null && b != null) {
      Loops.add(load(lane, a), load(spare, b), count());
    } else if (a != null) {
      load(lane, a);
    } else if (b != null) {
      load(lane, b);
    } else {
      Arrays.fill(sum, 0, count(), 0);
    }
    return sum;
  }

  /** Reads the rectangle's columns of a one-row matrix into each row of an array. */
  float[] loadRow(int lane, Matrix vector, int shift) {
    float[] to = lanes[lane];
    CpuBuffer.reals(vector).read(vector.offset() + column + shift, to, 0, columns);
    for (int r = 1; r < rows; r++) {
      System.arraycopy(to, 0, to, r * columns, columns);
    }
    return to;
  }

  /** Writes an array into the rectangle of a matrix. */
  void store(float[] from, Matrix matrix) {
    store(from, matrix, 0);
  }

  /** Writes an array into the rectangle, moved right. */
  void store(float[] from, Matrix matrix, int shift) {
    CpuBuffer buffer = CpuBuffer.reals(matrix);
    long index = matrix.offset() + (long) row * matrix.stride() + column + shift;
    if (rows == 1 || matrix.stride() == columns) {
      buffer.write(index, from, 0, rows * columns);
      return;
    }
    for (int r = 0; r < rows; r++) {
      buffer.write(index, from, r * columns, columns);
      index += matrix.stride();
    }
  }

  /** Copies an array into another one. */
  float[] copy(float[] from, int lane) {
    System.arraycopy(from, 0, lanes[lane], 0, count());
    return lanes[lane];
  }
}
