package io.carousel.device.cpu;

import io.carousel.device.LossOperations;
import io.carousel.device.Matrix;
import io.carousel.device.OperandChecks;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Losses, row by row: summed in float64, squared errors in float32 within a tile; the sums of the
 * parts are added in their order.
 */
interface CpuLosses extends LossOperations, CpuOperations {
  @Override
  default void softmaxCrossEntropy(
      Matrix logits,
      Matrix labels,
      Matrix rowWeights,
      double labelSmoothing,
      @Nullable Matrix dLogits,
      Matrix loss) {
    begin(logits, labels, rowWeights, dLogits, loss);
    OperandChecks.softmaxCrossEntropy(logits, labels, rowWeights, labelSmoothing, dLogits, loss);
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
                      sum +=
                          SoftmaxRow.loss(
                              tile, logits, row, label, weight, labelSmoothing, dLogits);
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
        workers()
            .sumTiles(
                logits.rows(),
                logits.columns(),
                60,
                t -> {
                  float[] x = t.load(0, logits);
                  float[] y = t.load(1, targets);
                  float[] weights = weights(t, 2, rowWeights, x, y);
                  double sum = 0;
                  for (int k = 0; k < t.count(); k++) {
                    // softplus(x) = max(x, 0) + log(1 + e^-|x|), softplus(-x) = softplus(x) - x
                    double e = Math.exp(-Math.abs(x[k]));
                    double softplus = Math.max(x[k], 0) + Math.log1p(e);
                    double positive = positiveWeight * y[k];
                    double negative = 1 - y[k];
                    sum += weights[k] * (positive * (softplus - x[k]) + negative * softplus);
                    double high = 1 / (1 + e);
                    double low = e / (1 + e);
                    double up = x[k] >= 0 ? high : low;
                    double down = x[k] >= 0 ? low : high;
                    x[k] = (float) (weights[k] * (negative * up - positive * down));
                  }
                  if (dLogits != null) {
                    t.store(x, dLogits);
                  }
                  return sum;
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
        workers()
            .sumTiles(
                y.rows(),
                y.columns(),
                1,
                t -> {
                  int n = t.count();
                  float[] difference = t.load(0, y);
                  float[] target = t.load(1, targets);
                  float[] weighted = weights(t, 2, rowWeights, difference, target);
                  Loops.axpy(-1, target, difference, n);
                  Loops.multiply(weighted, difference, n);
                  Loops.multiply(difference, weighted, n);
                  double sum = Loops.pairwiseSum(difference, target, n);
                  if (dY != null) {
                    Loops.scale(2, weighted, n);
                    t.store(weighted, dY);
                  }
                  return sum;
                });
    add(loss, total);
  }

  /**
   * The weight of each element of a tile, in a lane. Rows of weight 0 are cleared in both operands:
   * they may hold anything, NaN too.
   */
  private static float[] weights(Tile t, int lane, Matrix rowWeights, float[] a, float[] b) {
    float[] weights = t.lane(lane);
    for (int r = 0; r < t.rows(); r++) {
      float weight = weight(rowWeights, t.row() + r);
      int from = r * t.columns();
      int to = from + t.columns();
      Arrays.fill(weights, from, to, weight);
      if (weight == 0) {
        Arrays.fill(a, from, to, 0);
        Arrays.fill(b, from, to, 0);
      }
    }
    return weights;
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
