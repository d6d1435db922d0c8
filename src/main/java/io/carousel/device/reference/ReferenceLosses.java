package io.carousel.device.reference;

import static io.carousel.device.reference.ReferenceBuffer.at;
import static io.carousel.device.reference.ReferenceBuffer.integers;
import static io.carousel.device.reference.ReferenceCells.get;
import static io.carousel.device.reference.ReferenceCells.set;
import static io.carousel.device.reference.ReferenceFunctions.sigmoid;
import static io.carousel.device.reference.ReferenceFunctions.softplus;

import io.carousel.device.LossOperations;
import io.carousel.device.Matrix;
import io.carousel.device.OperandChecks;
import org.jspecify.annotations.Nullable;

/** Losses, row by row. */
interface ReferenceLosses extends LossOperations, ReferenceStart {
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
    for (int r = 0; r < logits.rows(); r++) {
      double weight = get(rowWeights, 0, r);
      if (weight == 0) {
        zeroRow(dLogits, r);
        continue;
      }
      int label = integers(labels)[at(labels, 0) + r];
      double max = Double.NEGATIVE_INFINITY;
      for (int c = 0; c < logits.columns(); c++) {
        max = Math.max(max, get(logits, r, c));
      }
      double sum = 0;
      for (int c = 0; c < logits.columns(); c++) {
        sum += Math.exp(get(logits, r, c) - max);
      }
      double logSum = max + Math.log(sum);
      double value = logSum - get(logits, r, label);
      double share = labelSmoothing / logits.columns();
      if (labelSmoothing > 0) {
        value *= 1 - labelSmoothing;
        for (int c = 0; c < logits.columns(); c++) {
          value += share * (logSum - get(logits, r, c));
        }
      }
      set(loss, 0, 0, get(loss, 0, 0) + weight * value);
      for (int c = 0; dLogits != null && c < logits.columns(); c++) {
        double probability = Math.exp(get(logits, r, c) - logSum);
        double target = c == label ? 1 - labelSmoothing + share : share;
        set(dLogits, r, c, weight * (probability - target));
      }
    }
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
    for (int r = 0; r < logits.rows(); r++) {
      double weight = get(rowWeights, 0, r);
      if (weight == 0) {
        zeroRow(dLogits, r);
        continue;
      }
      for (int c = 0; c < logits.columns(); c++) {
        double x = get(logits, r, c);
        double y = get(targets, r, c);
        double value = positiveWeight * y * softplus(-x) + (1 - y) * softplus(x);
        double slope = (1 - y) * sigmoid(x) - positiveWeight * y * sigmoid(-x);
        set(loss, 0, 0, get(loss, 0, 0) + weight * value);
        set(dLogits, r, c, weight * slope);
      }
    }
  }

  @Override
  default void squaredError(
      Matrix y, Matrix targets, Matrix rowWeights, @Nullable Matrix dY, Matrix loss) {
    begin(y, targets, rowWeights, dY, loss);
    OperandChecks.loss(y, rowWeights, dY, loss);
    OperandChecks.sameShape("outputs", y, "targets", targets);
    for (int r = 0; r < y.rows(); r++) {
      double weight = get(rowWeights, 0, r);
      if (weight == 0) {
        zeroRow(dY, r);
        continue;
      }
      for (int c = 0; c < y.columns(); c++) {
        double difference = get(y, r, c) - get(targets, r, c);
        set(loss, 0, 0, get(loss, 0, 0) + weight * difference * difference);
        set(dY, r, c, 2 * weight * difference);
      }
    }
  }

  private static void zeroRow(@Nullable Matrix matrix, int row) {
    for (int c = 0; matrix != null && c < matrix.columns(); c++) {
      set(matrix, row, c, 0);
    }
  }
}
