package io.carousel.device.cpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Random;
import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.Test;

class VectorMathTest {
  private static final int BLOCK = 4096;

  @FunctionalInterface
  private interface Loop {
    void run(float[] x, int from, int to);
  }

  @FunctionalInterface
  private interface Check {
    void check(float x, float actual, double expected);
  }

  /** Every 1009th float from the smallest to the largest, both signs. */
  private static void overAllFloats(Loop loop, DoubleUnaryOperator exact, Check check) {
    float[] x = new float[BLOCK];
    float[] y = new float[BLOCK];
    int filled = 0;
    for (long bits = 0; bits < 0x7F800000L; bits += 1009) {
      float value = Float.intBitsToFloat((int) bits);
      x[filled++] = value;
      x[filled++] = -value;
      if (filled == BLOCK) {
        System.arraycopy(x, 0, y, 0, BLOCK);
        loop.run(y, 0, BLOCK);
        for (int i = 0; i < BLOCK; i++) {
          check.check(x[i], y[i], exact.applyAsDouble(x[i]));
        }
        filled = 0;
      }
    }
  }

  private static float one(Loop loop, float x) {
    float[] array = {x};
    loop.run(array, 0, 1);
    return array[0];
  }

  @Test
  void tanhIsWithinThreePointThreeTenMillionthsForEveryFloat() {
    double[] worst = new double[2];
    overAllFloats(
        VectorMath::tanh,
        Math::tanh,
        (x, actual, expected) -> {
          double error = Math.abs(actual - expected);
          worst[0] = Math.max(worst[0], error / Math.max(Math.abs(expected), Float.MIN_NORMAL));
          if (Math.abs(x) < 1) {
            worst[1] = Math.max(worst[1], error / Math.ulp((float) expected));
          }
          assertTrue(Math.abs(actual) <= 1, () -> "tanh " + x + " is " + actual);
        });
    assertTrue(worst[0] <= 3.4e-7, () -> "relative error " + worst[0]);
    assertTrue(worst[1] <= 4, () -> "ulp below 1: " + worst[1]);
  }

  @Test
  void sigmoidIsRelativelyExactDownToTheSmallestNormalNumbers() {
    double[] worst = new double[2];
    overAllFloats(
        VectorMath::sigmoid,
        x -> 1 / (1 + Math.exp(-x)),
        (x, actual, expected) -> {
          double error = Math.abs(actual - expected);
          worst[0] = Math.max(worst[0], error);
          if (x >= -87.3f) {
            worst[1] = Math.max(worst[1], error / expected);
          }
          assertTrue(actual > 0 && actual <= 1, () -> "sigmoid " + x + " is " + actual);
        });
    assertTrue(worst[0] <= 1.5e-7, () -> "absolute error " + worst[0]);
    assertTrue(worst[1] <= 8.5e-7, () -> "relative error " + worst[1]);
  }

  @Test
  void expIsRelativelyExactInItsDomain() {
    double[] worst = new double[1];
    overAllFloats(
        VectorMath::exp,
        Math::exp,
        (x, actual, expected) -> {
          if (x >= -87.3f && x <= 17.3f) {
            worst[0] = Math.max(worst[0], Math.abs(actual - expected) / expected);
          }
        });
    assertTrue(worst[0] <= 8.5e-7, () -> "relative error " + worst[0]);
  }

  @Test
  void softplusIsRelativelyExactDownToTheSmallestNormalNumbers() {
    double[] worst = new double[2];
    overAllFloats(
        (x, from, to) -> VectorMath.softplus(x, to),
        x -> Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x))),
        (x, actual, expected) -> {
          if (x >= -87.3f) {
            worst[0] = Math.max(worst[0], Math.abs(actual - expected) / expected);
          } else {
            worst[1] = Math.max(worst[1], actual);
          }
        });
    assertTrue(worst[0] <= 8e-7, () -> "relative error " + worst[0]);
    assertTrue(worst[1] <= 1.3e-38, () -> "far below 0: " + worst[1]);
    assertEquals(Float.NaN, one((x, from, to) -> VectorMath.softplus(x, to), Float.NaN));
  }

  @Test
  void softplusSlopeIsRelativelyExactForEveryValueOfSoftplus() {
    double[] worst = new double[1];
    overAllFloats(
        (y, from, to) -> {
          float[] d = new float[to];
          Arrays.fill(d, 1);
          VectorMath.softplusSlope(d, y, to);
          System.arraycopy(d, 0, y, 0, to);
        },
        y -> -Math.expm1(-y),
        (y, actual, expected) -> {
          if (y >= Float.MIN_NORMAL) {
            worst[0] = Math.max(worst[0], Math.abs(actual - expected) / expected);
          }
        });
    assertTrue(worst[0] <= 5e-7, () -> "relative error " + worst[0]);
  }

  @Test
  void eluIsRelativelyExactForEveryFloat() {
    double[] worst = new double[1];
    overAllFloats(
        (x, from, to) -> VectorMath.elu(x, 1, to),
        x -> x > 0 ? x : Math.expm1(x),
        (x, actual, expected) ->
            worst[0] =
                Math.max(
                    worst[0],
                    Math.abs(actual - expected) / Math.max(Math.abs(expected), Float.MIN_NORMAL)));
    assertTrue(worst[0] <= 5e-7, () -> "relative error " + worst[0]);
    assertEquals(Float.NaN, one((x, from, to) -> VectorMath.elu(x, 1, to), Float.NaN));
  }

  @Test
  void specialValues() {
    assertEquals(1f, one(VectorMath::tanh, Float.POSITIVE_INFINITY));
    assertEquals(-1f, one(VectorMath::tanh, Float.NEGATIVE_INFINITY));
    assertEquals(1f, one(VectorMath::tanh, Float.MAX_VALUE));
    assertEquals(Float.NaN, one(VectorMath::tanh, Float.NaN));
    assertEquals(0f, one(VectorMath::tanh, 0f));
    assertEquals(-0f, one(VectorMath::tanh, -0f));
    assertEquals(Float.MIN_VALUE, one(VectorMath::tanh, Float.MIN_VALUE));
    assertEquals(1f, one(VectorMath::sigmoid, Float.POSITIVE_INFINITY));
    assertEquals(0f, one(VectorMath::sigmoid, Float.NEGATIVE_INFINITY), 1.3e-38f);
    assertEquals(Float.NaN, one(VectorMath::sigmoid, Float.NaN));
    assertEquals(0.5f, one(VectorMath::sigmoid, 0f));
    assertEquals(1f, one(VectorMath::exp, 0f));
    assertEquals(0f, one(VectorMath::exp, Float.NEGATIVE_INFINITY), 1.3e-38f);
    assertEquals(Float.NaN, one(VectorMath::exp, Float.NaN));
  }

  /** Vector code, its scalar remainder and the interpreter must give the same bits. */
  @Test
  void bitsDoNotDependOnThePlaceInTheArray() {
    Random random = new Random(11);
    for (Loop loop : new Loop[] {VectorMath::tanh, VectorMath::sigmoid, VectorMath::exp}) {
      float[] x = new float[1000];
      for (int i = 0; i < x.length; i++) {
        x[i] = (float) (8 * random.nextGaussian());
      }
      float[] whole = x.clone();
      for (int i = 0; i < 2_000; i++) { // long enough for the compiler to step in
        System.arraycopy(x, 0, whole, 0, x.length);
        loop.run(whole, 0, x.length);
      }
      float[] pieces = x.clone();
      for (int from = 0; from < x.length; from += 7) {
        loop.run(pieces, from, Math.min(x.length, from + 7));
      }
      assertArrayEquals(pieces, whole);
    }
  }
}
