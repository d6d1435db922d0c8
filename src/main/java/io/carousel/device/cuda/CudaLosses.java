package io.carousel.device.cuda;

import static io.carousel.device.cuda.Operands.address;
import static io.carousel.device.cuda.Operands.stride;

import io.carousel.device.LossOperations;
import io.carousel.device.Matrix;
import io.carousel.device.OperandChecks;
import org.jspecify.annotations.Nullable;

/** Losses over rows. */
interface CudaLosses extends LossOperations, CudaOperations {
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
    Operands.integers(labels);
    Operands.reals(logits, rowWeights, dLogits, loss);
    check(
        "softmaxCrossEntropy",
        LossKernels.softmaxCrossEntropy(
            handle(),
            logits.rows(),
            logits.columns(),
            address(logits),
            stride(logits),
            address(labels),
            address(rowWeights),
            (float) labelSmoothing,
            address(dLogits),
            stride(dLogits),
            address(loss),
            scratch()));
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
    Operands.reals(logits, targets, rowWeights, dLogits, loss);
    check(
        "logisticLoss",
        LossKernels.logisticLoss(
            handle(),
            logits.rows(),
            logits.columns(),
            address(logits),
            stride(logits),
            address(targets),
            stride(targets),
            address(rowWeights),
            (float) positiveWeight,
            address(dLogits),
            stride(dLogits),
            address(loss),
            scratch()));
  }

  @Override
  default void squaredError(
      Matrix y, Matrix targets, Matrix rowWeights, @Nullable Matrix dY, Matrix loss) {
    begin(y, targets, rowWeights, dY, loss);
    OperandChecks.loss(y, rowWeights, dY, loss);
    OperandChecks.sameShape("outputs", y, "targets", targets);
    Operands.reals(y, targets, rowWeights, dY, loss);
    check(
        "squaredError",
        LossKernels.squaredError(
            handle(),
            y.rows(),
            y.columns(),
            address(y),
            stride(y),
            address(targets),
            stride(targets),
            address(rowWeights),
            address(dY),
            stride(dY),
            address(loss),
            scratch()));
  }
}
