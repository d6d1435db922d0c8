package io.carousel.device.cpu;

import io.carousel.device.LossOperations;
import io.carousel.device.Matrix;
import io.carousel.device.OperandChecks;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Losses, row by row; sums in float64, the sums of the parts added in their order. */
interface CpuLosses extends LossOperations, CpuOperations {
  @Override
  default void softmaxCrossEntropy(
      Matrix logits, Matrix labels, Matrix rowWeights, @Nullable Matrix dLogits, Matrix loss) {
    begin(logits, labels, rowWeights, dLogits, loss);
    OperandChecks.loss(logits, rowWeights, dLogits, loss);
    labels.require("labels", 1, logits.rows());
    double total =
        workers()
            .sum(
                logits.rows(),
                1,
                3.0 * logits.size(),
                (tile, from, to) -> {
                  double sum = 0;
                  for (int row = (int) from; row < to; row++) {
                    float weight = weight(rowWeights, row);
                    if (weight == 0) {
                      clearRow(tile, row, dLogits);
                    } else {
                      int label = CpuBuffer.integers(labels).integer(labels.offset() + row);
                      sum += SoftmaxRow.loss(tile, logits, row, label, weight, dLogits);
                    }
                  }
                  return sum;
                });
    add(loss, total);
  }

  @Override
  default void logisticLoss(
      Matrix logits,
      Matrix targets,
      Matrix rowWeights,
      double positiveWeight,
      @Nullable Matrix dLogits,
      Matrix loss) {
    begin(logits, targets, rowWeights, dLogits, loss);
    OperandChecks.loss(logits, rowWeights, dLogits, loss);
    OperandChecks.sameShape("logits", logits, "targets", targets);
    double total =
        sumTiles(
            logits,
            60,
            rowWeights,
            dLogits,
            (tile, weight) -> {
              float[] x = tile.load(0, logits);
              float[] y = tile.load(1, targets);
              double sum = 0;
              for (int k = 0; k < tile.count(); k++) {
                // softplus(x) = max(x, 0) + log(1 + e^-|x|), softplus(-x) = softplus(x) - x
                double e = Math.exp(-Math.abs(x[k]));
                double softplus = Math.max(x[k], 0) + Math.log1p(e);
                double positive = positiveWeight * y[k];
                double negative = 1 - y[k];
                sum += positive * (softplus - x[k]) + negative * softplus;
                double high = 1 / (1 + e);
                double low = e / (1 + e);
                double up = x[k] >= 0 ? high : low;
                double down = x[k] >= 0 ? low : high;
                x[k] = (float) (weight * (negative * up - positive * down));
              }
              return weight * sum;
            });
    add(loss, total);
  }

  @Override
  default void squaredError(
      Matrix y, Matrix targets, Matrix rowWeights, @Nullable Matrix dY, Matrix loss) {
    begin(y, targets, rowWeights, dY, loss);
    OperandChecks.loss(y, rowWeights, dY, loss);
    OperandChecks.sameShape("outputs", y, "targets", targets);
    double total =
        sumTiles(
            y,
            1,
            rowWeights,
            dY,
            (tile, weight) -> {
              int n = tile.count();
              float[] difference = tile.load(0, y);
              Loops.axpy(-1, tile.load(1, targets), difference, n);
              double sum = Loops.sumOfSquares(difference, n);
              Loops.scale(2 * weight, difference, n);
              return weight * sum;
            });
    add(loss, total);
  }

  /** A loss of a piece of a row, whose gradient is left in lane 0. */
  @FunctionalInterface
  interface RowLoss {
    /** The weighted loss of the tile. */
    double run(Tile tile, float weight);
  }

  private double sumTiles(
      Matrix shape, double nanos, Matrix rowWeights, @Nullable Matrix gradient, RowLoss loss) {
    return workers()
        .sum(
            shape.rows(),
            1,
            nanos * shape.size(),
            (tile, from, to) -> {
              double sum = 0;
              for (int row = (int) from; row < to; row++) {
                float weight = weight(rowWeights, row);
                if (weight == 0) {
                  clearRow(tile, row, gradient);
                  continue;
                }
                for (int column = 0; column < shape.columns(); column += Tile.SIZE) {
                  tile.place(row, 1, column, Math.min(Tile.SIZE, shape.columns() - column));
                  sum += loss.run(tile, weight);
                  if (gradient != null) {
                    tile.store(tile.lane(0), gradient);
                  }
                }
              }
              return sum;
            });
  }

  private static float weight(Matrix rowWeights, int row) {
    return CpuBuffer.reals(rowWeights).real(rowWeights.offset() + row);
  }

  private static void clearRow(Tile tile, int row, @Nullable Matrix gradient) {
    if (gradient == null) {
      return;
    }
    Arrays.fill(tile.lane(0), 0);
    for (int column = 0; column < gradient.columns(); column += Tile.SIZE) {
      tile.place(row, 1, column, Math.min(Tile.SIZE, gradient.columns() - column));
      tile.store(tile.lane(0), gradient);
    }
  }

  private static void add(Matrix scalar, double value) {
    CpuBuffer buffer = CpuBuffer.reals(scalar);
    buffer.setReal(scalar.offset(), (float) (buffer.real(scalar.offset()) + value));
  }
}
