package io.carousel.device.cpu;

import io.carousel.device.Matrix;
import org.jspecify.annotations.Nullable;

/** Softmax and cross-entropy of one row, of any width. */
final class SoftmaxRow {
  private SoftmaxRow() {}

  /** The weighted loss; the gradient is written where a place is given, which may be the logits. */
  static double loss(
      Tile tile, Matrix logits, int row, int label, float weight, @Nullable Matrix gradient) {
    int columns = logits.columns();
    float atLabel = CpuBuffer.reals(logits).real(index(logits, row) + label);
    float max = Float.NEGATIVE_INFINITY;
    for (int column = 0; column < columns; column += Tile.SIZE) {
      int n = place(tile, row, column, columns);
      max = Math.max(max, Loops.max(tile.load(0, logits), n));
    }
    double sum = 0;
    for (int column = 0; column < columns; column += Tile.SIZE) {
      int n = place(tile, row, column, columns);
      float[] e = tile.load(0, logits);
      Loops.addNumber(e, -max, n);
      VectorMath.exp(e, 0, n);
      sum += Loops.sum(e, n);
      if (gradient != null) {
        tile.store(e, gradient);
      }
    }
    if (gradient != null) {
      float factor = (float) (weight / sum);
      for (int column = 0; column < columns; column += Tile.SIZE) {
        int n = place(tile, row, column, columns);
        float[] e = tile.load(0, gradient);
        Loops.scale(factor, e, n);
        tile.store(e, gradient);
      }
      CpuBuffer buffer = CpuBuffer.reals(gradient);
      long at = index(gradient, row) + label;
      buffer.setReal(at, buffer.real(at) - weight);
    }
    return weight * (max + Math.log(sum) - atLabel);
  }

  private static int place(Tile tile, int row, int column, int columns) {
    int width = Math.min(Tile.SIZE, columns - column);
    tile.place(row, 1, column, width);
    return width;
  }

  private static long index(Matrix matrix, int row) {
    return matrix.offset() + (long) row * matrix.stride();
  }
}
