package io.carousel.train.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Figures of scikit-learn's classification_report for the same labels, worked out by hand. */
class ConfusionMatrixTest {
  @Test
  void figuresOfEachClassAndOfAll() {
    ConfusionMatrix matrix = new ConfusionMatrix(List.of("N", "S", "V"));
    int[][] counts = {{5, 1, 0}, {2, 3, 1}, {0, 0, 4}};
    for (int truth = 0; truth < 3; truth++) {
      for (int predicted = 0; predicted < 3; predicted++) {
        for (int i = 0; i < counts[truth][predicted]; i++) {
          matrix.add(truth, predicted);
        }
      }
    }
    assertEquals(16, matrix.total());
    assertEquals(12 / 16.0, matrix.accuracy(), 1e-15);
    assertEquals(3 / 6.0, matrix.sensitivity(1), 1e-15);
    assertEquals(3 / 4.0, matrix.positivePredictiveValue(1), 1e-15);
    assertEquals(10 / 13.0, matrix.f1(0), 1e-15);
    assertEquals((10 / 13.0 + 6 / 10.0 + 8 / 9.0) / 3, matrix.macroF1(), 1e-15);
  }

  @Test
  void anAbsentClassIsLeftOutOfTheMeanButOneThatIsPredictedIsNot() {
    ConfusionMatrix matrix = new ConfusionMatrix(List.of("a", "b", "c"));
    matrix.add(0, 0);
    assertEquals(1, matrix.macroF1(), 1e-15);
    matrix.add(0, 2);
    assertEquals((2 / 3.0 + 0) / 2, matrix.macroF1(), 1e-15);
    assertEquals(0, matrix.sensitivity(1), 1e-15);
  }
}
