package io.carousel.device;

import org.jspecify.annotations.Nullable;

/**
 * Losses over rows. Each overwrites the gradient and <em>adds</em> its share to a device scalar.
 * Weights carry masks, ignored classes and class weights; the caller normalises them. A row of
 * weight 0 contributes nothing, whatever it holds.
 */
public interface LossOperations {
  /**
   * loss += Σ_r w_r · (log Σ_c exp x_rc - Σ_c q_rc x_rc); dLogits ← w_r · (softmax - q), where q_r
   * = (1-ε) · onehot(label) + ε / classes are the smoothed labels (Szegedy et al. 2016, section 7).
   *
   * @param logits [rows, classes]; read
   * @param labels [1, rows] integers in 0..classes-1, checked by the host beforehand, anything
   *     where the weight is 0; read
   * @param rowWeights [1, rows]; read
   * @param labelSmoothing ε in [0, 1], 0 for plain labels
   * @param dLogits [rows, classes]; overwritten; may be logits; null for the loss alone
   * @param loss [1, 1]; accumulated
   */
  void softmaxCrossEntropy(
      Matrix logits,
      Matrix labels,
      Matrix rowWeights,
      double labelSmoothing,
      @Nullable Matrix dLogits,
      Matrix loss);

  /**
   * loss += Σ w_r · (positiveWeight · y · softplus(-x) + (1-y) · softplus(x)), summed over all
   * elements.
   *
   * @param logits [rows, columns]; read
   * @param targets [rows, columns] in [0, 1]; read
   * @param rowWeights [1, rows]; read
   * @param positiveWeight factor of the loss of positive targets
   * @param dLogits [rows, columns]; overwritten; may be logits; null for the loss alone
   * @param loss [1, 1]; accumulated
   */
  void logisticLoss(
      Matrix logits,
      Matrix targets,
      Matrix rowWeights,
      double positiveWeight,
      @Nullable Matrix dLogits,
      Matrix loss);

  /**
   * loss += Σ w_r · (y - target)², summed over all elements; dY ← 2 w_r (y - target).
   *
   * @param y [rows, columns]; read
   * @param targets [rows, columns]; read
   * @param rowWeights [1, rows]; read
   * @param dY [rows, columns]; overwritten; may be y; null for the loss alone
   * @param loss [1, 1]; accumulated
   */
  void squaredError(Matrix y, Matrix targets, Matrix rowWeights, @Nullable Matrix dY, Matrix loss);
}
