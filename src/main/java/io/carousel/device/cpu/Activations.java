package io.carousel.device.cpu;

import io.carousel.device.Activation;

/** Activations and their derivatives over arrays, from index 0. */
final class Activations {
  private Activations() {}

  /** x ← f(x). */
  static void apply(Activation f, float[] x, int n) {
    switch (f) {
      case IDENTITY -> {}
      case SIGMOID -> VectorMath.sigmoid(x, 0, n);
      case TANH -> VectorMath.tanh(x, 0, n);
      case RELU -> relu(x, n);
    }
  }

  private static void relu(float[] x, int n) {
    for (int k = 0; k < n; k++) {
      x[k] = Math.max(x[k], 0f);
    }
  }

  /** d ← d ∘ f′, with f′ from the value y = f(x). */
  static void multiplyBySlope(Activation f, float[] d, float[] y, int n) {
    switch (f) {
      case IDENTITY -> {}
      case SIGMOID -> sigmoidSlope(d, y, n);
      case TANH -> tanhSlope(d, y, n);
      case RELU -> reluSlope(d, y, n);
    }
  }

  private static void sigmoidSlope(float[] d, float[] y, int n) {
    for (int k = 0; k < n; k++) {
      d[k] *= Math.fma(-y[k], y[k], y[k]);
    }
  }

  private static void tanhSlope(float[] d, float[] y, int n) {
    for (int k = 0; k < n; k++) {
      d[k] *= Math.fma(-y[k], y[k], 1f);
    }
  }

  private static void reluSlope(float[] d, float[] y, int n) {
    for (int k = 0; k < n; k++) {
      d[k] = y[k] > 0 ? d[k] : 0f;
    }
  }
}
