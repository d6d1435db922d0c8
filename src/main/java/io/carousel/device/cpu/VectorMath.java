package io.carousel.device.cpu;

/**
 * Functions over float arrays, in place, in loops that the just-in-time compiler turns into vector
 * instructions: additions, products, fused multiply-adds and one division, no branch, no table, no
 * conversion between integers and floats (which C2 of JDK 17 does not vectorise). Every operation
 * is rounded as IEEE 754 says, so the bits are the same on every machine.
 *
 * <p>The coefficients were fitted for this file: least squares reweighted towards the least maximum
 * of the relative error (Lawson 1961) in extended precision, then rounded to float. Errors were
 * measured over every third float (tanh) and every seventh (others) against libm in double.
 */
final class VectorMath {
  private static final float TANH_SATURATES = 9.02f; // tanh rounds to 1 from 9.011 on
  private static final float LOWEST = -87.3f; // e^x is a normal float from -87.34 on
  private static final float HIGHEST = 17.3f; // sigmoid rounds to 1 from 16.64 on

  /** 1.5 · 2^23: adding and subtracting it rounds to an integer; its double to a multiple of 2. */
  private static final float ROUND = 0x1.8p23f;

  private static final float TEN_LN2_HIGH = 6.9314575f; // 17 bits: products stay exact
  private static final float TEN_LN2_LOW = 1.4286068e-5f;

  /** Of softplus, for each thread those of the longest array so far: one tile in practice. */
  private static final ThreadLocal<float[]> EXPONENTIALS =
      ThreadLocal.withInitial(() -> new float[Tile.SIZE]);

  private VectorMath() {}

  /**
   * x ← tanh x for {@code x[from..to-1]}. Odd rational approximation x·P(x²)/Q(x²), both of degree
   * 4. Relative error at most 3.3e-7 (5.6 ulp near 5, 4 below 1) for every float, exact where tanh
   * x rounds to x; never beyond ±1; NaN stays NaN, ±∞ gives ±1.
   */
  static void tanh(float[] x, int from, int to) {
    for (int i = from; i < to; i++) {
      x[i] = tanh(x[i]);
    }
  }

  private static float tanh(float v) {
    float s = Math.min(v * v, TANH_SATURATES * TANH_SATURATES);
    float p = Math.fma(s, 1.3384207e-8f, 2.0635765e-5f);
    p = Math.fma(s, p, 3.4974543e-3f);
    p = Math.fma(s, p, 1.3382685e-1f);
    p = Math.fma(s, p, 1f);
    float q = Math.fma(s, 7.7902155e-7f, 3.2885117e-4f);
    q = Math.fma(s, q, 2.5884349e-2f);
    q = Math.fma(s, q, 4.6716005e-1f);
    q = Math.fma(s, q, 1f);
    return Math.min(Math.max(v * p / q, -1f), 1f);
  }

  /**
   * x ← 1 / (1 + e^-x) for {@code x[from..to-1]}. Relative error at most 8e-7 for x ≥ -87.3 (below
   * it stays at the value there, 1.2e-38), absolute error at most 1.5e-7; NaN stays NaN, +∞ gives
   * 1, -∞ gives 1.2e-38.
   */
  static void sigmoid(float[] x, int from, int to) {
    for (int i = from; i < to; i++) {
      float v = Math.min(Math.max(x[i], LOWEST), HIGHEST);
      x[i] = 1f / (1f + exponential(-v));
    }
  }

  /**
   * x ← e^x for {@code x[from..to-1]}, x ≤ 17.3 (above it stays at the value there): softmax needs
   * x ≤ 0 only. Relative error at most 8.5e-7 for x ≥ -87.3, below it stays at 1.2e-38; NaN stays
   * NaN.
   */
  static void exp(float[] x, int from, int to) {
    for (int i = from; i < to; i++) {
      float v = Math.min(Math.max(x[i], LOWEST), HIGHEST);
      x[i] = 1f / exponential(-v);
    }
  }

  /** x ← alpha tanh(beta x). */
  static void scaledTanh(float[] x, float alpha, float beta, int n) {
    for (int i = 0; i < n; i++) {
      x[i] = alpha * tanh(beta * x[i]);
    }
  }

  /**
   * x ← x where x > 0, else alpha (e^x - 1), which is 2 t / (1 - t) with t = tanh(x / 2). Relative
   * error at most 5e-7 for every float; NaN stays NaN.
   */
  static void elu(float[] x, float alpha, int n) {
    for (int i = 0; i < n; i++) {
      float t = tanh(0.5f * Math.min(x[i], 0f));
      x[i] = Math.fma(alpha, 2f * t / (1f - t), Math.max(x[i], 0f));
    }
  }

  /**
   * x ← log(1 + e^x) = max(x, 0) + log(1 + 1/u), u = e^|x|. With s = 1 / (1 + 2u), at most 1/3, the
   * logarithm is 2 artanh s; seven terms of its series leave 1.4e-8 of it. Relative error at most
   * 8e-7 for x ≥ -87.3, below it stays at 1.2e-38; NaN stays NaN.
   */
  static void softplus(float[] x, int n) {
    float[] u = exponentials(n); // one loop of all this would be too long to become vector code
    for (int i = 0; i < n; i++) {
      u[i] = exponential(Math.min(Math.abs(x[i]), -LOWEST));
    }
    for (int i = 0; i < n; i++) {
      float s = 1f / Math.fma(2f, u[i], 1f);
      float q = s * s;
      float p = Math.fma(q, 1f / 13, 1f / 11);
      p = Math.fma(q, p, 1f / 9);
      p = Math.fma(q, p, 1f / 7);
      p = Math.fma(q, p, 1f / 5);
      p = Math.fma(q, p, 1f / 3);
      p = Math.fma(q, p, 1f);
      x[i] = Math.fma(2f * s, p, Math.max(x[i], 0f));
    }
  }

  private static float[] exponentials(int n) {
    float[] kept = EXPONENTIALS.get();
    if (kept.length < n) {
      kept = new float[n];
      EXPONENTIALS.set(kept);
    }
    return kept;
  }

  /** d ← d ∘ (1 - e^-y) for y ≥ 0, which is 2 t / (1 + t) with t = tanh(y / 2). */
  static void softplusSlope(float[] d, float[] y, int n) {
    for (int i = 0; i < n; i++) {
      float t = tanh(0.5f * y[i]);
      d[i] *= 2f * t / (1f + t);
    }
  }

  /**
   * e^x for x in [-17.3, 87.3] as 2^(10 n) · (e^(r/4))^4, |r| ≤ 5 ln 2. The power of two is put
   * together from the four binary digits of n + 2, each found by rounding: the bits of a float
   * cannot be reached in a vector loop of JDK 17.
   */
  private static float exponential(float x) {
    float n = Math.fma(x, 0.14426950f, ROUND) - ROUND; // x / (10 ln 2)
    float r = Math.fma(n, -TEN_LN2_LOW, Math.fma(n, -TEN_LN2_HIGH, x)) * 0.25f;
    float p = Math.fma(r, 2.4350113e-5f, 2.0284932e-4f);
    p = Math.fma(r, p, 1.3899424e-3f);
    p = Math.fma(r, p, 8.331035e-3f);
    p = Math.fma(r, p, 4.1666154e-2f);
    p = Math.fma(r, p, 1.6666707e-1f);
    p = Math.fma(r, p, 5.0000006e-1f);
    p = Math.fma(r, p, 1f);
    p = Math.fma(r, p, 1f);
    p *= p;
    p *= p * 0x1p-20f; // digits are those of n + 2
    float rest = n - 1.5f; // n + 2 less the half-way point to the next digit, 3.5
    float eights = (rest + 8 * ROUND) - 8 * ROUND;
    p *= Math.fma(eights, 0x1p77f, 1f); // 1 or 2^80: the 1 is lost in rounding
    rest = rest - eights + 2f;
    float fours = (rest + 4 * ROUND) - 4 * ROUND;
    p *= Math.fma(fours, 0x1p38f, 1f);
    rest = rest - fours + 1f;
    float twos = (rest + 2 * ROUND) - 2 * ROUND;
    p *= Math.fma(twos, 0x1.FFFFEp18f, 1f); // (2^20 - 1) / 2
    rest = rest - twos + 0.5f;
    return p * Math.fma(rest, 1023f, 1f);
  }
}
