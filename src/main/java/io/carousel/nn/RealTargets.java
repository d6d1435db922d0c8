package io.carousel.nn;

import io.carousel.device.Matrix;
import io.carousel.device.MatrixPool;
import io.carousel.device.Queue;
import org.jspecify.annotations.Nullable;

/** Targets that are finite real numbers of a range: checked, weighted, uploaded. */
final class RealTargets {
  private final MatrixPool pool;
  private final int columns;
  private final double least;
  private final double most;
  private final RowWeights weights = new RowWeights();

  RealTargets(MatrixPool pool, int columns, double least, double most) {
    if (columns <= 0) {
      throw new IllegalArgumentException("number of columns must be positive, got " + columns);
    }
    this.pool = pool;
    this.columns = columns;
    this.least = least;
    this.most = most;
  }

  double weight(float[] values, float @Nullable [] rowWeights) {
    weigh(values, rowWeights);
    return columns * weights.sum();
  }

  LossTargets upload(
      Queue queue, float[] values, float @Nullable [] rowWeights, double totalWeight) {
    double weight = weight(values, rowWeights);
    Matrix matrix = pool.lease(values.length / columns, columns);
    queue.upload(values, 0, matrix);
    return new LossTargets(pool, matrix, weights.upload(queue, pool, totalWeight), weight);
  }

  private void weigh(float[] values, float @Nullable [] rowWeights) {
    if (values.length % columns != 0) {
      throw new IllegalArgumentException(
          "%d targets are no whole number of rows of %d columns".formatted(values.length, columns));
    }
    weights.start(values.length / columns, rowWeights);
    for (int i = 0; i < values.length; i++) {
      float value = values[i];
      boolean fits = Float.isFinite(value) && value >= least && value <= most;
      if (!fits && weights.get(i / columns) != 0) {
        throw new IllegalArgumentException(
            "target of row %d, column %d is %s: it must be %s, or its row weight 0"
                .formatted(i / columns, i % columns, value, range()));
      }
    }
  }

  private String range() {
    return Double.isInfinite(most) ? "finite" : "in [%s, %s]".formatted(least, most);
  }
}
