package io.carousel.device.cpu;

import io.carousel.device.Activation;

/** Activations and their derivatives over arrays, from index 0. */
final class Activations {
  private Activations() {}

  /** x ← f(x). */
  static void apply(Activation f, float[] x, int n) {
    if (f.clip() > 0) {
      Loops.clamp(x, (float) f.clip(), n);
    }
    float alpha = (float) f.alpha();
    float beta = (float) f.beta();
    switch (f.kind()) {
      case IDENTITY -> {}
      case SIGMOID -> VectorMath.sigmoid(x, 0, n);
      case TANH -> VectorMath.tanh(x, 0, n);
      case RELU -> relu(x, n);
      case AFFINE -> affine(x, alpha, beta, n);
      case LEAKY_RELU -> leakyRelu(x, alpha, n);
      case THRESHOLDED_RELU -> thresholdedRelu(x, alpha, n);
      case SCALED_TANH -> VectorMath.scaledTanh(x, alpha, beta, n);
      case HARD_SIGMOID -> hardSigmoid(x, alpha, beta, n);
      case ELU -> VectorMath.elu(x, alpha, n);
      case SOFTSIGN -> softsign(x, n);
      case SOFTPLUS -> VectorMath.softplus(x, n);
    }
  }

  private static void relu(float[] x, int n) {
    for (int k = 0; k < n; k++) {
      x[k] = Math.max(x[k], 0f);
    }
  }

  private static void affine(float[] x, float alpha, float beta, int n) {
    for (int k = 0; k < n; k++) {
      x[k] = Math.fma(alpha, x[k], beta);
    }
  }

  private static void leakyRelu(float[] x, float alpha, int n) {
    for (int k = 0; k < n; k++) {
      x[k] = Math.fma(alpha, Math.min(x[k], 0f), Math.max(x[k], 0f));
    }
  }

  private static void thresholdedRelu(float[] x, float alpha, int n) {
    for (int k = 0; k < n; k++) {
      x[k] = x[k] <= alpha ? 0f : x[k]; // NaN stays NaN
    }
  }

  private static void hardSigmoid(float[] x, float alpha, float beta, int n) {
    for (int k = 0; k < n; k++) {
      x[k] = Math.min(Math.max(Math.fma(alpha, x[k], beta), 0f), 1f);
    }
  }

  private static void softsign(float[] x, int n) {
    for (int k = 0; k < n; k++) {
      x[k] = x[k] / (1f + Math.abs(x[k]));
    }
  }

  /** d ← d ∘ f′, with f′ from the value y = f(x). */
  static void multiplyBySlope(Activation f, float[] d, float[] y, int n) {
    float alpha = (float) f.alpha();
    float beta = (float) f.beta();
    switch (f.kind()) {
      case IDENTITY -> {}
      case SIGMOID -> sigmoidSlope(d, y, n);
      case TANH -> tanhSlope(d, y, n);
      case RELU -> reluSlope(d, y, n);
      case AFFINE -> Loops.scale(alpha, d, n);
      case LEAKY_RELU -> leakyReluSlope(d, y, alpha, n);
      case THRESHOLDED_RELU -> thresholdedReluSlope(d, y, n);
      case SCALED_TANH -> scaledTanhSlope(d, y, alpha * beta, -beta / alpha, n);
      case HARD_SIGMOID -> hardSigmoidSlope(d, y, alpha, n);
      case ELU -> eluSlope(d, y, alpha, n);
      case SOFTSIGN -> softsignSlope(d, y, n);
      case SOFTPLUS -> VectorMath.softplusSlope(d, y, n);
    }
    if (f.clip() > 0) {
      // the bits that apply gives a bound: its arithmetic is the same at every place
      float[] ends = {(float) -f.clip(), (float) f.clip()};
      apply(f, ends, 2);
      stopAt(d, y, ends[0], ends[1], n);
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

  private static void leakyReluSlope(float[] d, float[] y, float alpha, int n) {
    for (int k = 0; k < n; k++) {
      d[k] = y[k] > 0 ? d[k] : alpha * d[k];
    }
  }

  private static void thresholdedReluSlope(float[] d, float[] y, int n) {
    for (int k = 0; k < n; k++) {
      d[k] = y[k] == 0 ? 0f : d[k];
    }
  }

  private static void scaledTanhSlope(float[] d, float[] y, float constant, float square, int n) {
    for (int k = 0; k < n; k++) {
      d[k] *= Math.fma(square * y[k], y[k], constant);
    }
  }

  private static void hardSigmoidSlope(float[] d, float[] y, float alpha, int n) {
    for (int k = 0; k < n; k++) {
      d[k] = y[k] * (1f - y[k]) > 0 ? alpha * d[k] : 0f;
    }
  }

  private static void eluSlope(float[] d, float[] y, float alpha, int n) {
    for (int k = 0; k < n; k++) {
      d[k] = y[k] > 0 ? d[k] : (y[k] + alpha) * d[k];
    }
  }

  private static void softsignSlope(float[] d, float[] y, int n) {
    for (int k = 0; k < n; k++) {
      float rest = 1f - Math.abs(y[k]);
      d[k] *= rest * rest;
    }
  }

  /** d ← 0 where y is one of two values. */
  private static void stopAt(float[] d, float[] y, float low, float high, int n) {
    for (int k = 0; k < n; k++) {
      d[k] = y[k] == low || y[k] == high ? 0f : d[k];
    }
  }
}
