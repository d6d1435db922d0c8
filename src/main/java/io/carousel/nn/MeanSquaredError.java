package io.carousel.nn;

import io.carousel.device.Matrix;
import io.carousel.device.MatrixPool;
import io.carousel.device.Queue;
import org.jspecify.annotations.Nullable;

/**
 * Σ w·(y - target)² / Σ w over all elements, with w the weight of the element's row; without
 * weights {@code torch.nn.MSELoss}.
 */
public final class MeanSquaredError implements Loss {
  private final RealTargets targets;

  /**
   * The loss.
   *
   * @param pool lends targets
   * @param columns of outputs and targets
   */
  public MeanSquaredError(MatrixPool pool, int columns) {
    targets = new RealTargets(pool, columns, Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY);
  }

  /**
   * Σ of the weights of all elements of a batch, over which the mean is taken.
   *
   * @param values [rows, columns] row by row; finite where the row weight is not 0
   * @param rowWeights one per row, 0 to mask it; null for 1 each
   * @throws IllegalArgumentException when a value that counts is not finite, with its position
   */
  public double weight(float[] values, float @Nullable [] rowWeights) {
    return targets.weight(values, rowWeights);
  }

  /** Uploads targets for the mean over this batch; see {@link #weight}. */
  public LossTargets upload(Queue queue, float[] values, float @Nullable [] rowWeights) {
    return upload(queue, values, rowWeights, weight(values, rowWeights));
  }

  /**
   * Uploads targets for the mean over a larger batch that is worked off in parts.
   *
   * @param queue carries the targets
   * @param values [rows, columns] row by row
   * @param rowWeights one per row, 0 to mask it; null for 1 each
   * @param totalWeight Σ of {@link #weight} over all parts
   */
  public LossTargets upload(
      Queue queue, float[] values, float @Nullable [] rowWeights, double totalWeight) {
    return targets.upload(queue, values, rowWeights, totalWeight);
  }

  @Override
  public double weight(TargetRows targets) {
    return weight(targets.values(), targets.weights());
  }

  @Override
  public LossTargets upload(Queue queue, TargetRows targets, double totalWeight) {
    return upload(queue, targets.values(), targets.weights(), totalWeight);
  }

  @Override
  public void apply(
      Queue queue, Matrix outputs, LossTargets uploaded, @Nullable Matrix dOutputs, Matrix loss) {
    uploaded.requireRows(outputs);
    queue.squaredError(outputs, uploaded.values(), uploaded.rowWeights(), dOutputs, loss);
  }
}
