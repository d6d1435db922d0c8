package io.carousel.flow;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class SingularValueTest {
  @Test
  void ofMatricesWhoseSingularValuesAreKnown() {
    assertEquals(4, SingularValue.largest(new double[] {3, 0, 0, -4}, 2, 2), 1e-5);
    assertEquals(0, SingularValue.largest(new double[6], 2, 3), 0);
    // [[1, 1], [0, 1]]: the golden ratio
    double golden = (1 + Math.sqrt(5)) / 2;
    assertEquals(golden, SingularValue.largest(new double[] {1, 1, 0, 1}, 2, 2), 1e-5);
    // a·bᵀ: |a|·|b|
    double[] outer = {2, 4, 4, 3, 6, 6, 6, 12, 12};
    assertEquals(7 * 3, SingularValue.largest(outer, 3, 3), 1e-4);
  }
}
