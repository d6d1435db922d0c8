package io.carousel.lab;

import io.carousel.device.Matrix;
import io.carousel.device.Queue;
import io.carousel.nn.Loss;
import io.carousel.nn.LossTargets;
import io.carousel.nn.TargetRows;
import org.jspecify.annotations.Nullable;

/**
 * The loss of a network's first outputs; the others are not asked, and get no gradient.
 *
 * @param loss of those outputs; targets have so many columns
 * @param count how many
 */
record FirstOutputs(Loss loss, int count) implements Loss {
  @Override
  public double weight(TargetRows targets) {
    return loss.weight(targets);
  }

  @Override
  public LossTargets upload(Queue queue, TargetRows targets, double totalWeight) {
    return loss.upload(queue, targets, totalWeight);
  }

  @Override
  public void apply(
      Queue queue, Matrix outputs, LossTargets uploaded, @Nullable Matrix dOutputs, Matrix sum) {
    if (dOutputs != null) {
      queue.fill(dOutputs, 0);
    }
    Matrix gradient = dOutputs == null ? null : dOutputs.columns(0, count);
    loss.apply(queue, outputs.columns(0, count), uploaded, gradient, sum);
  }
}
