package io.carousel.nn;

import io.carousel.device.Matrix;
import io.carousel.device.MatrixPool;
import io.carousel.device.Queue;
import org.jspecify.annotations.Nullable;

/**
 * Σ w·(p·y·softplus(-x) + (1 - y)·softplus(x)) / Σ w over all elements, with x a logit, y its
 * target in [0, 1], p the weight of positive targets and w the weight of the element's row; without
 * row weights {@code torch.nn.BCEWithLogitsLoss}, which also leaves p out of the denominator.
 */
public final class LogisticLoss implements Loss {
  private final RealTargets targets;
  private final double positiveWeight;

  /** The loss with positive weight 1; see the other constructor. */
  public LogisticLoss(MatrixPool pool, int columns) {
    this(pool, columns, 1);
  }

  /**
   * The loss.
   *
   * @param pool lends targets
   * @param columns of logits and targets
   * @param positiveWeight p, finite and not negative; above 1 for rare positives
   */
  public LogisticLoss(MatrixPool pool, int columns, double positiveWeight) {
    if (!(positiveWeight >= 0 && positiveWeight < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          "positive weight must be finite and not negative, got " + positiveWeight);
    }
    targets = new RealTargets(pool, columns, 0, 1);
    this.positiveWeight = positiveWeight;
  }

  /**
   * Σ of the weights of all elements of a batch, over which the mean is taken.
   *
   * @param values [rows, columns] row by row; in [0, 1] where the row weight is not 0
   * @param rowWeights one per row, 0 to mask it; null for 1 each
   * @throws IllegalArgumentException when a value that counts is out of range, with its position
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
    queue.logisticLoss(
        outputs, uploaded.values(), uploaded.rowWeights(), positiveWeight, dOutputs, loss);
  }
}
