package io.carousel.device.cuda;

/**
 * {@code native/include/carousel/optimizer.h}; arguments as in {@link RnnKernels}. Targets are
 * {@value #TARGET_LENGTH} numbers each: addresses of value, gradient, first and second state (0 for
 * none), and how many elements.
 */
final class OptimizerKernels {
  static final int TARGET_LENGTH = 5;

  private OptimizerKernels() {}

  static native int squaredNorm(
      long stream, int rows, int columns, long x, long xStride, long sum, long scratch);

  static native int clipCoefficient(long stream, long squaredNorm, float maxNorm, long coefficient);

  static native int sgd(
      long stream,
      int count,
      long[] targets,
      long gradientScale,
      float learningRate,
      float momentum,
      int nesterov,
      float weightDecay,
      int firstStep);

  static native int adam(
      long stream,
      int count,
      long[] targets,
      long gradientScale,
      float stepSize,
      double beta1,
      double beta2,
      float epsilon,
      float rootCorrection,
      float coupledDecay,
      float shrink);

  static native int rmsProp(
      long stream,
      int count,
      long[] targets,
      long gradientScale,
      float learningRate,
      double alpha,
      float epsilon,
      float momentum,
      float weightDecay);

  static native int adagrad(
      long stream,
      int count,
      long[] targets,
      long gradientScale,
      float learningRate,
      float epsilon,
      float weightDecay);
}
