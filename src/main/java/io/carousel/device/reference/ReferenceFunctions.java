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
    return switch (f) {
      case IDENTITY -> x;
      case SIGMOID -> sigmoid(x);
      case TANH -> Math.tanh(x);
      case RELU -> Math.max(x, 0);
    };
  }

  /** The derivative, from the value y = f(x). */
  static double slope(Activation f, double y) {
    return switch (f) {
      case IDENTITY -> 1;
      case SIGMOID -> y * (1 - y);
      case TANH -> 1 - y * y;
      case RELU -> y > 0 ? 1 : 0;
    };
  }
}
