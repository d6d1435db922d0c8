package io.carousel.lab;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import java.io.IOException;
import org.junit.jupiter.api.Test;

class SgdExperimentTest {
  @Test
  void passes() throws IOException {
    QuickLab.passes("sgd");
  }

  @Test
  void affineMapsComposeAndRest() {
    AffineMap map = new AffineMap(new double[][] {{0.5, 0.25}, {0, -0.5}}, new double[] {1, 3});
    double[] theta = {4, -2};
    double[] thrice = map.apply(map.apply(map.apply(theta)));
    assertArrayEquals(thrice, map.power(3).apply(theta), 1e-15);
    assertArrayEquals(new double[] {3, 2}, map.fixedPoint(), 1e-15);
  }
}
