package io.carousel.optim;

import io.carousel.device.BufferScope;
import io.carousel.device.Matrix;
import io.carousel.device.Queue;
import io.carousel.nn.Parameter;
import io.carousel.nn.ParameterSet;

/**
 * Scales all gradients together so that the 2-norm of all of them as one vector is at most a bound
 * (Pascanu, Mikolov, Bengio 2013), as PyTorch's {@code clip_grad_norm_}: min(1, maxNorm / (norm +
 * 1e-6)). The gradients stay as they are; the factor goes to the optimizer. Frozen parameters do
 * not count. A norm that is not finite gives a factor of 0 or NaN, so that NaN in a gradient stays
 * visible.
 */
public final class GlobalNormClipper implements GradientClipper {
  private final ParameterSet parameters;
  private final double maxNorm;
  private final BufferScope scope;
  private final Matrix squaredNorm;
  private final Matrix factor;

  /**
   * A clipper for one model.
   *
   * @param parameters of the model
   * @param maxNorm bound of the norm, positive; infinite to measure only
   */
  public GlobalNormClipper(ParameterSet parameters, double maxNorm) {
    if (!(maxNorm > 0)) {
      throw new IllegalArgumentException("maxNorm must be positive, got " + maxNorm);
    }
    this.parameters = parameters;
    this.maxNorm = maxNorm;
    scope = new BufferScope(parameters.device(), "clipper");
    squaredNorm = scope.reals("squaredNorm", 1, 1);
    factor = scope.reals("factor", 1, 1);
  }

  @Override
  public Matrix clip(Queue queue) {
    queue.fill(squaredNorm, 0);
    for (Parameter parameter : parameters) {
      if (parameter.requiresGradient()) {
        queue.squaredNorm(parameter.gradient(), squaredNorm);
      }
    }
    queue.clipCoefficient(squaredNorm, maxNorm, factor);
    return factor;
  }

  /** The norm that the last {@link #clip} found, before clipping. Blocks. */
  public double norm(Queue queue) {
    double[] value = new double[1];
    queue.download(squaredNorm, value, 0);
    return Math.sqrt(value[0]);
  }

  @Override
  public void close() {
    scope.close();
  }
}
