package io.carousel.device.cuda;

import io.carousel.device.Matrix;

/**
 * Cuts a matrix into pieces for travel, in order: whole rows, as many as fit, or else a part of one
 * row. On the host the matrix lies without gaps. A matrix without gaps on the device is one long
 * row.
 */
final class Pieces {
  private final int elementBytes;
  private final long address;
  private final long stride;
  private final long rows;
  private final long columns;
  private long row;
  private long column;
  private long pieceRows;
  private long pieceColumns;

  Pieces(Matrix matrix) {
    boolean flat = matrix.isContiguous();
    elementBytes = matrix.buffer().type().bytes();
    address = Operands.address(matrix);
    stride = matrix.stride();
    columns = flat ? matrix.size() : matrix.columns();
    rows = columns == 0 ? 0 : flat ? 1 : matrix.rows();
  }

  /** Whether something is left to travel. */
  boolean left() {
    return row < rows;
  }

  /** Takes the next piece, of at most so many bytes; returns its size, 0 when nothing fits. */
  int next(int room) {
    long fit = room / elementBytes;
    boolean wholeRows = column == 0 && fit >= columns;
    pieceRows = wholeRows ? Math.min(rows - row, fit / columns) : 1;
    pieceColumns = wholeRows ? columns : Math.min(columns - column, fit);
    return elements() * elementBytes;
  }

  /** Leaves the piece behind. */
  void advance() {
    column += pieceColumns;
    if (column == columns) {
      column = 0;
      row += pieceRows;
    }
  }

  int elements() {
    return (int) (pieceRows * pieceColumns);
  }

  /** Number of elements before the piece. */
  int hostIndex() {
    return (int) (row * columns + column);
  }

  long deviceAddress() {
    return address + (row * stride + column) * elementBytes;
  }

  long rows() {
    return pieceRows;
  }

  long rowBytes() {
    return pieceColumns * elementBytes;
  }

  long hostPitch() {
    return rowBytes();
  }

  long devicePitch() {
    return pieceRows == 1 ? rowBytes() : stride * elementBytes;
  }
}
