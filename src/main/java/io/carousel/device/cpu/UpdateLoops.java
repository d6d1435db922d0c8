package io.carousel.device.cpu;

/** The loops of the optimizers, over the arrays of a {@link Tile}. */
final class UpdateLoops {
  private UpdateLoops() {}

  /** mean ← decay · mean + (1 - decay) · g. */
  static void average(float[] mean, float[] g, double decay, int n) {
    float old = (float) decay;
    float fresh = (float) (1 - decay);
    for (int k = 0; k < n; k++) {
      mean[k] = Math.fma(old, mean[k], fresh * g[k]);
    }
  }

  /** mean ← decay · mean + (1 - decay) · g². */
  static void averageSquare(float[] mean, float[] g, double decay, int n) {
    float old = (float) decay;
    float fresh = (float) (1 - decay);
    for (int k = 0; k < n; k++) {
      mean[k] = Math.fma(old, mean[k], fresh * g[k] * g[k]);
    }
  }

  /** sum ← sum + g². */
  static void addSquare(float[] sum, float[] g, int n) {
    for (int k = 0; k < n; k++) {
      sum[k] = Math.fma(g[k], g[k], sum[k]);
    }
  }

  /** x ← x / (factor · √square + epsilon). */
  static void rootQuotient(float[] x, float[] square, float factor, float epsilon, int n) {
    for (int k = 0; k < n; k++) {
      x[k] /= Math.fma(factor, (float) Math.sqrt(square[k]), epsilon);
    }
  }
}
