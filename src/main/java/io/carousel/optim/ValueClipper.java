package io.carousel.optim;

import io.carousel.device.Matrix;
import io.carousel.device.Queue;
import io.carousel.nn.Parameter;
import io.carousel.nn.ParameterSet;
import org.jspecify.annotations.Nullable;

/**
 * Clamps each element of each gradient to [-limit, limit] in place, as PyTorch's {@code
 * clip_grad_value_}; NaN stays NaN.
 */
public final class ValueClipper implements GradientClipper {
  private final ParameterSet parameters;
  private final double limit;

  /**
   * A clipper for one model.
   *
   * @param parameters of the model
   * @param limit largest absolute value, positive
   */
  public ValueClipper(ParameterSet parameters, double limit) {
    if (!(limit > 0)) {
      throw new IllegalArgumentException("limit must be positive, got " + limit);
    }
    this.parameters = parameters;
    this.limit = limit;
  }

  /** Enqueues the clamping; returns null. */
  @Override
  public @Nullable Matrix clip(Queue queue) {
    for (Parameter parameter : parameters) {
      if (parameter.requiresGradient()) {
        queue.clamp(parameter.gradient(), limit);
      }
    }
    return null;
  }

  /** Does nothing: this clipper has no memory of its own. */
  @Override
  public void close() {}
}
