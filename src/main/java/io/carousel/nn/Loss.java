package io.carousel.nn;

import io.carousel.device.Matrix;
import io.carousel.device.Queue;
import org.jspecify.annotations.Nullable;

/**
 * A weighted mean over rows of what a model gets wrong. Masks, ignored classes and class weights
 * become one weight per row on the host, when targets are uploaded; a row of weight 0 contributes
 * nothing, whatever its outputs and targets hold, and where all weights are 0 loss and gradient are
 * 0.
 */
public interface Loss {
  /**
   * Σ of the weights of a batch, over which the mean is taken.
   *
   * @throws IllegalArgumentException when a target that counts is out of range, with its position
   */
  double weight(TargetRows targets);

  /**
   * Uploads targets for the mean over a batch that may be worked off in parts.
   *
   * @param queue carries the targets
   * @param targets of one part
   * @param totalWeight Σ of {@link #weight} over all parts
   */
  LossTargets upload(Queue queue, TargetRows targets, double totalWeight);

  /**
   * Enqueues the loss and its gradient.
   *
   * @param queue where the work goes
   * @param outputs of the model [rows, columns]; read
   * @param targets uploaded by the same loss
   * @param dOutputs [rows, columns], may be outputs, null for the loss alone; overwritten
   * @param loss [1, 1]; accumulated, so the caller zeroes it first
   */
  void apply(
      Queue queue, Matrix outputs, LossTargets targets, @Nullable Matrix dOutputs, Matrix loss);
}
