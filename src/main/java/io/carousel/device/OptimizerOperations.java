package io.carousel.device;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Gradient norms, clipping and the update of parameters. */
public interface OptimizerOperations {
  /** sum ← sum + Σ x², sum [1, 1], in a fixed order of summation. */
  void squaredNorm(Matrix x, Matrix sum);

  /**
   * coefficient ← min(1, maxNorm / (√squaredNorm + 1e-6)), as PyTorch's clip_grad_norm_.
   *
   * @param squaredNorm [1, 1]; read
   * @param maxNorm positive
   * @param coefficient [1, 1]; overwritten
   */
  void clipCoefficient(Matrix squaredNorm, double maxNorm, Matrix coefficient);

  /** x ← min(max(x, -limit), limit). NaN stays NaN. */
  void clamp(Matrix x, double limit);

  /**
   * One step of an optimizer over many parameters.
   *
   * @param rule which optimizer, with all its numbers
   * @param targets parameters with gradients and optimizer states
   * @param gradientScale [1, 1] factor of all gradients, null for 1; read
   */
  void update(UpdateRule rule, List<UpdateTarget> targets, @Nullable Matrix gradientScale);
}
