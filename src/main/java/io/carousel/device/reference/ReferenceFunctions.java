package io.carousel.device.reference;

import io.carousel.device.Activation;

/** Element-wise functions in float64. */
final class ReferenceFunctions {
  private ReferenceFunctions() {}

  static double sigmoid(double x) {
    // exp of a positive number would overflow on one side
    if (x >= 0) {
      return 1 / (1 + Math.exp(-x));
    }
    double e = Math.exp(x);
    return e / (1 + e);
  }

  static double softplus(double x) {
    return Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
  }

  static double value(Activation f, double x) {
    return f.clip() > 0 ? free(f, Math.min(Math.max(x, -f.clip()), f.clip())) : free(f, x);
  }

  /** The value without a bound on what the function sees. */
  private static double free(Activation f, double x) {
    double alpha = f.alpha();
    double beta = f.beta();
    return switch (f.kind()) {
      case IDENTITY -> x;
      case SIGMOID -> sigmoid(x);
      case TANH -> Math.tanh(x);
      case RELU -> Math.max(x, 0);
      case AFFINE -> alpha * x + beta;
      case LEAKY_RELU -> x > 0 ? x : alpha * x;
      case THRESHOLDED_RELU -> x <= alpha ? 0 : x; // NaN stays NaN
      case SCALED_TANH -> alpha * Math.tanh(beta * x);
      case HARD_SIGMOID -> Math.min(Math.max(alpha * x + beta, 0), 1);
      case ELU -> x > 0 ? x : alpha * Math.expm1(x);
      case SOFTSIGN -> x / (1 + Math.abs(x));
      case SOFTPLUS -> softplus(x);
    };
  }

  /** The derivative, from the value y = f(x). */
  static double slope(Activation f, double y) {
    if (f.clip() > 0 && (y == free(f, -f.clip()) || y == free(f, f.clip()))) {
      return 0;
    }
    double alpha = f.alpha();
    return switch (f.kind()) {
      case IDENTITY -> 1;
      case SIGMOID -> y * (1 - y);
      case TANH -> 1 - y * y;
      case RELU -> y > 0 ? 1 : 0;
      case AFFINE -> alpha;
      case LEAKY_RELU -> y > 0 ? 1 : alpha;
      case THRESHOLDED_RELU -> y != 0 ? 1 : 0;
      case SCALED_TANH -> f.beta() * (alpha - y * y / alpha);
      case HARD_SIGMOID -> y > 0 && y < 1 ? alpha : 0;
      case ELU -> y > 0 ? 1 : y + alpha;
      case SOFTSIGN -> (1 - Math.abs(y)) * (1 - Math.abs(y));
      case SOFTPLUS -> -Math.expm1(-y);
    };
  }
}
