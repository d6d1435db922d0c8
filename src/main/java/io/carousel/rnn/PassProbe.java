package io.carousel.rnn;

import io.carousel.device.Matrix;
import io.carousel.device.PackedShape;
import io.carousel.device.Queue;
import io.carousel.device.RecurrentPlan;
import org.jspecify.annotations.Nullable;

/**
 * Looks into the training passes of a {@link RecurrentLayer}, over any plan: sees every step, and
 * may choose which gradient flows back from the outputs.
 */
public interface PassProbe {
  /** What sees the steps of a pass that begins. */
  RecurrentPlan.Trace trace(PackedShape shape);

  /**
   * What flows back in place of the gradient of the outputs.
   *
   * @param dOutput [Σ n_t, D·R] as the layers above give it, null for none
   * @return dOutput itself, or another matrix of its shape that lives until {@link #end}
   */
  @Nullable Matrix outputGradient(Queue queue, PackedShape shape, @Nullable Matrix dOutput);

  /** Backward was enqueued, or failed. */
  void end(Queue queue);
}
