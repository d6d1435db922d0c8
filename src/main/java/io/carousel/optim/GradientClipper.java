package io.carousel.optim;

import io.carousel.device.Matrix;
import io.carousel.device.Queue;
import org.jspecify.annotations.Nullable;

/** Bounds the gradients of a model's parameters between backward and {@link Optimizer#step}. */
public interface GradientClipper extends AutoCloseable {
  /**
   * Enqueues the clipping.
   *
   * @return [1, 1] the factor of all gradients, for {@link Optimizer#step(Queue, Matrix)}, valid
   *     until the next call; null where the gradients themselves were changed
   */
  @Nullable Matrix clip(Queue queue);

  /** Frees the clipper's own memory. */
  @Override
  void close();
}
