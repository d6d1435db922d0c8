package io.carousel.nn;

import io.carousel.device.Matrix;
import io.carousel.device.MatrixPool;
import io.carousel.device.Queue;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The weights of a loss's rows on the host; one array serves all batches. */
final class RowWeights {
  private double[] weights = {};
  private int rows;

  /** Starts a batch: the given weights, or 1 each. */
  void start(int rowCount, float @Nullable [] given) {
    if (given != null && given.length != rowCount) {
      throw new IllegalArgumentException(
          "%d row weights for targets of %d rows".formatted(given.length, rowCount));
    }
    if (weights.length < rowCount) {
      weights = new double[rowCount];
    }
    rows = rowCount;
    Arrays.fill(weights, 0, rows, 1);
    for (int r = 0; given != null && r < rows; r++) {
      if (!(given[r] >= 0 && given[r] < Float.POSITIVE_INFINITY)) {
        throw new IllegalArgumentException(
            "weight of row %d is %s: weights are finite and not negative".formatted(r, given[r]));
      }
      weights[r] = given[r];
    }
  }

  double get(int row) {
    return weights[row];
  }

  void multiply(int row, double factor) {
    weights[row] *= factor;
  }

  double sum() {
    double sum = 0;
    for (int r = 0; r < rows; r++) {
      sum += weights[r];
    }
    return sum;
  }

  /** Uploads weights / total, zeros when total is 0. */
  Matrix upload(Queue queue, MatrixPool pool, double total) {
    for (int r = 0; r < rows; r++) {
      weights[r] = total == 0 ? 0 : weights[r] / total;
    }
    Matrix matrix = pool.lease(1, rows);
    queue.upload(weights, 0, matrix);
    return matrix;
  }
}
