package io.carousel.lab;

import io.carousel.device.Activation;

/** Activations and their derivatives at a number, as a textbook has them. */
final class ScalarFunctions {
  private ScalarFunctions() {}

  static double value(Activation f, double a) {
    return switch (f.kind()) {
      case IDENTITY -> a;
      case SIGMOID -> 1 / (1 + Math.exp(-a));
      case TANH -> Math.tanh(a);
      case RELU -> Math.max(a, 0);
      default -> throw new IllegalArgumentException("no textbook's function: " + f);
    };
  }

  /** f′(a); that of ReLU at 0 is 0. */
  static double slope(Activation f, double a) {
    double y = value(f, a);
    return switch (f.kind()) {
      case IDENTITY -> 1;
      case SIGMOID -> y * (1 - y);
      case TANH -> 1 - y * y;
      case RELU -> a > 0 ? 1 : 0;
      default -> throw new IllegalArgumentException("no textbook's function: " + f);
    };
  }

  /** The largest slope γ (Pascanu, Mikolov, Bengio 2013): 1/4 of a sigmoid, else 1. */
  static double steepest(Activation f) {
    return f.equals(Activation.SIGMOID) ? 0.25 : 1;
  }
}
