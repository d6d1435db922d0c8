package io.carousel.device.cpu;

/** The loops of both GRU variants, over the arrays of a {@link Tile}. */
final class GruLoops {
  private GruLoops() {}

  /** h ← (1 - z)∘n + z∘h. */
  static void nextState(float[] h, float[] z, float[] n, int count) {
    for (int k = 0; k < count; k++) {
      h[k] = Math.fma(z[k], h[k] - n[k], n[k]);
    }
  }

  /** n ← n + r∘un. */
  static void addReset(float[] n, float[] r, float[] un, int count) {
    for (int k = 0; k < count; k++) {
      n[k] = Math.fma(r[k], un[k], n[k]);
    }
  }

  /** d ← dh∘(1 - z)∘(1 - n²), the gradient of the candidate before tanh. */
  static void candidate(float[] d, float[] dh, float[] z, float[] n, int count) {
    for (int k = 0; k < count; k++) {
      d[k] = dh[k] * (1f - z[k]) * Math.fma(-n[k], n[k], 1f);
    }
  }

  /** z ← dh∘(h - n)∘z∘(1 - z), the gradient of the update gate before the sigmoid. */
  static void updateGate(float[] z, float[] dh, float[] h, float[] n, int count) {
    for (int k = 0; k < count; k++) {
      z[k] = dh[k] * (h[k] - n[k]) * Math.fma(-z[k], z[k], z[k]);
    }
  }

  /** x ← d∘x∘r∘(1 - r), the gradient of the reset gate before the sigmoid. */
  static void resetGate(float[] x, float[] d, float[] r, int count) {
    for (int k = 0; k < count; k++) {
      x[k] = d[k] * x[k] * Math.fma(-r[k], r[k], r[k]);
    }
  }
}
