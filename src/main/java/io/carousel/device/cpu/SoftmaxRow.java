package io.carousel.device.cpu;

import io.carousel.device.Matrix;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Softmax of one row, of any width: with cross-entropy, or over the first columns only. */
final class SoftmaxRow {
  private SoftmaxRow() {}

  /**
   * The weighted loss; the gradient is written where a place is given, which may be the logits.
   *
   * @param smoothing part of the target distribution that is spread over all classes
   */
  static double loss(
      Tile tile,
      Matrix logits,
      int row,
      int label,
      float weight,
      double smoothing,
      @Nullable Matrix gradient) {
    int classes = logits.columns();
    float atLabel = CpuBuffer.reals(logits).real(index(logits, row) + label);
    float max = max(tile, logits, row, classes);
    double uniform = smoothing == 0 ? 0 : max - mean(tile, logits, row);
    double sum = exponentials(tile, logits, row, classes, max, gradient);
    if (gradient != null) {
      scale(tile, gradient, row, classes, (float) (weight / sum));
      if (smoothing != 0) {
        addNumber(tile, gradient, row, (float) (-weight * smoothing / classes));
      }
      CpuBuffer buffer = CpuBuffer.reals(gradient);
      long at = index(gradient, row) + label;
      buffer.setReal(at, buffer.real(at) - (float) (weight * (1 - smoothing)));
    }
    double loss = max + Math.log(sum) - atLabel;
    return weight * (smoothing == 0 ? loss : smoothed(loss, uniform + Math.log(sum), smoothing));
  }

  private static double smoothed(double loss, double uniform, double smoothing) {
    return (1 - smoothing) * loss + smoothing * uniform;
  }

  /** y ← softmax over the first columns, 0 in the others; y may be x. */
  static void forward(Tile tile, Matrix x, int row, int length, Matrix y) {
    float max = max(tile, x, row, length);
    double sum = exponentials(tile, x, row, length, max, y);
    scale(tile, y, row, length, (float) (1 / sum));
    clear(tile, y, row, length);
  }

  /** dX ← y ∘ (dY - Σ y∘dY) in the first columns, 0 in the others; dX may be dY or y. */
  static void backward(Tile tile, Matrix y, int row, int length, Matrix dY, Matrix dX) {
    double mean = 0;
    for (int column = 0; column < length; column += Tile.SIZE) {
      int n = place(tile, row, column, length);
      mean += Loops.dot(tile.load(0, y), tile.load(1, dY), n);
    }
    for (int column = 0; column < length; column += Tile.SIZE) {
      int n = place(tile, row, column, length);
      float[] slope = tile.load(1, dY);
      Loops.addNumber(slope, (float) -mean, n);
      Loops.multiply(slope, tile.load(0, y), n);
      tile.store(slope, dX);
    }
    clear(tile, dX, row, length);
  }

  private static float max(Tile tile, Matrix x, int row, int length) {
    float max = Float.NEGATIVE_INFINITY;
    for (int column = 0; column < length; column += Tile.SIZE) {
      int n = place(tile, row, column, length);
      max = Math.max(max, Loops.max(tile.load(0, x), n));
    }
    return max;
  }

  private static double mean(Tile tile, Matrix x, int row) {
    double sum = 0;
    for (int column = 0; column < x.columns(); column += Tile.SIZE) {
      int n = place(tile, row, column, x.columns());
      sum += Loops.sum(tile.load(0, x), n);
    }
    return sum / x.columns();
  }

  /** Σ exp(x - max) over the first columns; the terms are written where a place is given. */
  private static double exponentials(
      Tile tile, Matrix x, int row, int length, float max, @Nullable Matrix terms) {
    double sum = 0;
    for (int column = 0; column < length; column += Tile.SIZE) {
      int n = place(tile, row, column, length);
      float[] e = tile.load(0, x);
      Loops.addNumber(e, -max, n);
      VectorMath.exp(e, 0, n);
      sum += Loops.sum(e, n);
      if (terms != null) {
        tile.store(e, terms);
      }
    }
    return sum;
  }

  private static void scale(Tile tile, Matrix x, int row, int length, float factor) {
    for (int column = 0; column < length; column += Tile.SIZE) {
      int n = place(tile, row, column, length);
      float[] e = tile.load(0, x);
      Loops.scale(factor, e, n);
      tile.store(e, x);
    }
  }

  private static void addNumber(Tile tile, Matrix x, int row, float number) {
    for (int column = 0; column < x.columns(); column += Tile.SIZE) {
      int n = place(tile, row, column, x.columns());
      float[] e = tile.load(0, x);
      Loops.addNumber(e, number, n);
      tile.store(e, x);
    }
  }

  private static void clear(Tile tile, Matrix x, int row, int from) {
    for (int column = from; column < x.columns(); column += Tile.SIZE) {
      int n = place(tile, row, column, x.columns());
      Arrays.fill(tile.lane(0), 0, n, 0);
      tile.store(tile.lane(0), x);
    }
  }

  /** Puts a tile on the columns from one on, up to a limit; the number of columns. */
  private static int place(Tile tile, int row, int column, int limit) {
    int width = Math.min(Tile.SIZE, limit - column);
    tile.place(row, 1, column, width);
    return width;
  }

  private static long index(Matrix matrix, int row) {
    return matrix.offset() + (long) row * matrix.stride();
  }
}
