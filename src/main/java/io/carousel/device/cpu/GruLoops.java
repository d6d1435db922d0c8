package io.carousel.device.cpu;

import io.carousel.device.Activation;

/**
 * The loops of a GRU with reset after or before, over the arrays of a {@link Tile}. The gradients
 * of its usual functions, sigmoid and tanh, are one loop each; those of others take two.
 */
final class GruLoops {
  private GruLoops() {}

  /** h ← (1 - z)∘n + z∘h. */
  static void nextState(float[] h, float[] z, float[] n, int count) {
    for (int k = 0; k < count; k++) {
      h[k] = Math.fma(z[k], h[k] - n[k], n[k]);
    }
  }

  /** d ← dh∘(1 - z)∘f′(n), the gradient of the candidate before activation. */
  static void candidate(Activation f, float[] d, float[] dh, float[] z, float[] n, int count) {
    if (f.equals(Activation.TANH)) {
      tanhCandidate(d, dh, z, n, count);
      return;
    }
    for (int k = 0; k < count; k++) {
      d[k] = dh[k] * (1f - z[k]);
    }
    Activations.multiplyBySlope(f, d, n, count);
  }

  private static void tanhCandidate(float[] d, float[] dh, float[] z, float[] n, int count) {
    for (int k = 0; k < count; k++) {
      d[k] = dh[k] * (1f - z[k]) * Math.fma(-n[k], n[k], 1f);
    }
  }

  /** z ← dh∘(h - n)∘f′(z), the gradient of the update gate before activation; h is overwritten. */
  static void updateGate(Activation f, float[] z, float[] dh, float[] h, float[] n, int count) {
    if (f.equals(Activation.SIGMOID)) {
      sigmoidUpdateGate(z, dh, h, n, count);
      return;
    }
    for (int k = 0; k < count; k++) {
      h[k] = dh[k] * (h[k] - n[k]);
    }
    Activations.multiplyBySlope(f, h, z, count);
    System.arraycopy(h, 0, z, 0, count);
  }

  private static void sigmoidUpdateGate(float[] z, float[] dh, float[] h, float[] n, int count) {
    for (int k = 0; k < count; k++) {
      z[k] = dh[k] * (h[k] - n[k]) * Math.fma(-z[k], z[k], z[k]);
    }
  }

  /** x ← d∘x∘f′(r), the gradient of the reset gate before activation. */
  static void resetGate(Activation f, float[] x, float[] d, float[] r, int count) {
    if (f.equals(Activation.SIGMOID)) {
      sigmoidResetGate(x, d, r, count);
      return;
    }
    Loops.multiply(x, d, count);
    Activations.multiplyBySlope(f, x, r, count);
  }

  private static void sigmoidResetGate(float[] x, float[] d, float[] r, int count) {
    for (int k = 0; k < count; k++) {
      x[k] = d[k] * x[k] * Math.fma(-r[k], r[k], r[k]);
    }
  }
}
