package io.carousel.device.cpu;

/** Short loops over the arrays of a {@link Tile}, all from index 0: each becomes vector code. */
final class Loops {
  private Loops() {}

  /** x ← x + y. */
  static void add(float[] x, float[] y, int n) {
    for (int k = 0; k < n; k++) {
      x[k] += y[k];
    }
  }

  /** x ← x ∘ y. */
  static void multiply(float[] x, float[] y, int n) {
    for (int k = 0; k < n; k++) {
      x[k] *= y[k];
    }
  }

  /** x ← x + y ∘ z. */
  static void addProduct(float[] x, float[] y, float[] z, int n) {
    for (int k = 0; k < n; k++) {
      x[k] = Math.fma(y[k], z[k], x[k]);
    }
  }

  /** y ← y + alpha · x. */
  static void axpy(float alpha, float[] x, float[] y, int n) {
    for (int k = 0; k < n; k++) {
      y[k] = Math.fma(alpha, x[k], y[k]);
    }
  }

  /** x ← alpha · x. */
  static void scale(float alpha, float[] x, int n) {
    for (int k = 0; k < n; k++) {
      x[k] *= alpha;
    }
  }

  /** x ← x + number. */
  static void addNumber(float[] x, float number, int n) {
    for (int k = 0; k < n; k++) {
      x[k] += number;
    }
  }

  /** x ← min(max(x, -limit), limit). */
  static void clamp(float[] x, float limit, int n) {
    for (int k = 0; k < n; k++) {
      x[k] = Math.min(Math.max(x[k], -limit), limit);
    }
  }

  /** The largest element; NaN where there is one. */
  static float max(float[] x, int n) {
    float max = Float.NEGATIVE_INFINITY;
    for (int k = 0; k < n; k++) {
      max = Math.max(max, x[k]);
    }
    return max;
  }

  /** Σ x, in four sums that the processor can run side by side. */
  static double sum(float[] x, int n) {
    double s0 = 0;
    double s1 = 0;
    double s2 = 0;
    double s3 = 0;
    int k = 0;
    for (; k + 4 <= n; k += 4) {
      s0 += x[k];
      s1 += x[k + 1];
      s2 += x[k + 2];
      s3 += x[k + 3];
    }
    for (; k < n; k++) {
      s0 += x[k];
    }
    return (s0 + s1) + (s2 + s3);
  }

  /**
   * Σ x in float32 by halves, each added to the other in one vector loop, so that a term is rounded
   * log2 n times. Overwrites both arrays.
   */
  static float pairwiseSum(float[] x, float[] scratch, int n) {
    int left = n;
    while (left > 1) {
      int half = (left + 1) / 2;
      System.arraycopy(x, half, scratch, 0, left - half);
      add(x, scratch, left - half);
      left = half;
    }
    return n == 0 ? 0 : x[0];
  }

  /** Σ x∘y. */
  static double dot(float[] x, float[] y, int n) {
    double s0 = 0;
    double s1 = 0;
    double s2 = 0;
    double s3 = 0;
    int k = 0;
    for (; k + 4 <= n; k += 4) {
      s0 += (double) x[k] * y[k];
      s1 += (double) x[k + 1] * y[k + 1];
      s2 += (double) x[k + 2] * y[k + 2];
      s3 += (double) x[k + 3] * y[k + 3];
    }
    for (; k < n; k++) {
      s0 += (double) x[k] * y[k];
    }
    return (s0 + s1) + (s2 + s3);
  }
}
