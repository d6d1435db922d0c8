package io.carousel.lab;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import org.junit.jupiter.api.Test;

class AffineMapTest {
  private static final AffineMap MAP =
      new AffineMap(new double[][] {{0.5, 0.25}, {0, -0.5}}, new double[] {1, 3});

  @Test
  void aPowerIsTheMapAppliedSoManyTimes() {
    double[] theta = {4, -2};
    double[] thrice = MAP.apply(MAP.apply(MAP.apply(theta)));
    assertArrayEquals(new double[] {2.875, 2.5}, thrice);
    assertArrayEquals(thrice, MAP.power(3).apply(theta), 1e-15);
    assertArrayEquals(theta, MAP.power(0).apply(theta));
  }

  @Test
  void theFirstMapComesFirst() {
    AffineMap other = new AffineMap(new double[][] {{0, 1}, {2, 0}}, new double[] {-1, 5});
    double[] theta = {4, -2};
    assertArrayEquals(other.apply(MAP.apply(theta)), other.after(MAP).apply(theta), 1e-15);
  }

  @Test
  void theFixedPointStaysWhereItIs() {
    assertArrayEquals(new double[] {3, 2}, MAP.fixedPoint(), 1e-15);
    // the first pivot of I - M is 0
    AffineMap swap = new AffineMap(new double[][] {{1, -2}, {-4, 1}}, new double[] {2, 8});
    assertArrayEquals(new double[] {2, 1}, swap.fixedPoint(), 1e-15);
  }
}
