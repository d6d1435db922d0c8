package io.carousel.nn;

import static io.carousel.nn.ModelFixture.random;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carousel.device.Matrix;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class SoftmaxCrossEntropyTest {
  private static final int ROWS = 6;
  private static final int CLASSES = 4;
  private static final double[] CLASS_WEIGHTS = {0.5, 2, 1, 4};
  private static final int IGNORED = 9;

  /** Row 1 is ignored by its label, row 4 by its mask, which also hides that 77 is no class. */
  private static final int[] LABELS = {3, IGNORED, 0, 1, 77, 2};

  private static final float[] MASK = {1, 1, 1, 0.5f, 0, 1};

  private static SoftmaxCrossEntropy loss(ModelFixture m) {
    return new SoftmaxCrossEntropy(m.pool, CLASSES)
        .withIgnoreIndex(IGNORED)
        .withClassWeights(CLASS_WEIGHTS);
  }

  private static double rowWeight(int r) {
    return LABELS[r] == IGNORED || MASK[r] == 0 ? 0 : MASK[r] * CLASS_WEIGHTS[LABELS[r]];
  }

  /** Moderate and very large logits; NaN where nothing may be read. */
  private static double[] logits() {
    double[] x = random(1, ROWS * CLASSES);
    double[] large = {1000, -1000, 999, 0};
    System.arraycopy(large, 0, x, 0, CLASSES);
    for (int c = 0; c < CLASSES; c++) {
      x[CLASSES + c] = Double.NaN;
      x[4 * CLASSES + c] = Double.NaN;
    }
    return x;
  }

  private static double logSumExp(double[] x, int row) {
    double max = Double.NEGATIVE_INFINITY;
    for (int c = 0; c < CLASSES; c++) {
      max = Math.max(max, x[row * CLASSES + c]);
    }
    double sum = 0;
    for (int c = 0; c < CLASSES; c++) {
      sum += Math.exp(x[row * CLASSES + c] - max);
    }
    return max + Math.log(sum);
  }

  @ParameterizedTest
  @MethodSource("io.carousel.TestDevices#available")
  void followsTheFormula(String device) {
    double[] x = logits();
    double total = 0;
    double expected = 0;
    for (int r = 0; r < ROWS; r++) {
      total += rowWeight(r);
    }
    double[] gradient = new double[ROWS * CLASSES];
    for (int r = 0; r < ROWS; r++) {
      double w = rowWeight(r) / total;
      for (int c = 0; c < CLASSES && w > 0; c++) {
        double softmax = Math.exp(x[r * CLASSES + c] - logSumExp(x, r));
        gradient[r * CLASSES + c] = w * (softmax - (c == LABELS[r] ? 1 : 0));
      }
      expected += w > 0 ? w * (logSumExp(x, r) - x[r * CLASSES + LABELS[r]]) : 0;
    }
    try (ModelFixture m = new ModelFixture(device)) {
      SoftmaxCrossEntropy loss = loss(m);
      LossTargets targets = loss.upload(m.queue, LABELS, MASK);
      assertEquals(ROWS, targets.rows());
      assertEquals(total, targets.weight(), 1e-12);
      LossFixture found = new LossFixture(m, loss, targets, m.matrix(ROWS, CLASSES, x));
      m.assertClose(new double[] {expected}, new double[] {found.loss}, "loss");
      m.assertClose(gradient, found.gradient, "gradient");
    }
  }

  @Test
  void gradientsAgreeWithDifferences() {
    try (ModelFixture m = new ModelFixture("reference")) {
      SoftmaxCrossEntropy loss = loss(m);
      LossTargets targets = loss.upload(m.queue, LABELS, MASK);
      Matrix outputs = m.matrix(ROWS, CLASSES, random(3, ROWS * CLASSES));
      LossFixture.assertGradient(m, loss, targets, outputs);
    }
  }

  /** log 2 for two equal logits; minus log softmax of [1, 2, 3] at label 0 is 2.40760596…. */
  @Test
  void knownValues() {
    try (ModelFixture m = new ModelFixture("reference")) {
      SoftmaxCrossEntropy two = new SoftmaxCrossEntropy(m.pool, 2);
      LossTargets zero = two.upload(m.queue, new int[] {0}, null);
      assertEquals(Math.log(2), new LossFixture(m, two, zero, m.zeros(1, 2)).loss, 1e-15);
      SoftmaxCrossEntropy three = new SoftmaxCrossEntropy(m.pool, 3);
      LossTargets first = three.upload(m.queue, new int[] {0, -100}, null);
      Matrix logits = m.matrix(2, 3, 1, 2, 3, 5, 6, 7);
      assertEquals(2.4076059644443806, new LossFixture(m, three, first, logits).loss, 1e-14);
    }
  }

  /**
   * [1, 2, 3] at label 0, ε = 0.1: targets (0.9333…, 0.0333…, 0.0333…), so that the loss is log Σ
   * e^x - (0.9333… + 0.0333…·(2 + 3)) = 3.40760596… - 1.1.
   */
  @ParameterizedTest
  @MethodSource("io.carousel.TestDevices#available")
  void smoothedLabelsFollowTheFormula(String device) {
    double logSum = 3.4076059644443806;
    double[] targets = {1 - 0.2 / 3, 0.1 / 3, 0.1 / 3};
    double[] gradient = new double[3];
    for (int c = 0; c < 3; c++) {
      gradient[c] = Math.exp(c + 1 - logSum) - targets[c];
    }
    try (ModelFixture m = new ModelFixture(device)) {
      SoftmaxCrossEntropy loss = new SoftmaxCrossEntropy(m.pool, 3).withLabelSmoothing(0.1);
      Matrix logits = m.matrix(1, 3, 1, 2, 3);
      LossFixture found =
          new LossFixture(m, loss, loss.upload(m.queue, new int[] {0}, null), logits);
      m.assertClose(new double[] {logSum - 1.1}, new double[] {found.loss}, "loss");
      m.assertClose(gradient, found.gradient, "gradient");
      assertTrue(failure(() -> loss.withLabelSmoothing(1.1)).contains("[0, 1], got 1.1"));
      assertTrue(failure(() -> loss.withLabelSmoothing(Double.NaN)).contains("NaN"));
    }
  }

  /** With a mask, an ignored label, very large logits and NaN where nothing may be read. */
  @ParameterizedTest
  @MethodSource("io.carousel.TestDevices#available")
  void smoothingIsAMixtureOfLosses(String device) {
    double[] x = logits();
    try (ModelFixture m = new ModelFixture(device)) {
      SoftmaxCrossEntropy plain = new SoftmaxCrossEntropy(m.pool, CLASSES).withIgnoreIndex(IGNORED);
      double total = plain.weight(LABELS, MASK);
      double expected = 0;
      double[] gradient = new double[ROWS * CLASSES];
      for (int r = 0; r < ROWS; r++) {
        double w = LABELS[r] == IGNORED ? 0 : MASK[r] / total;
        for (int c = 0; c < CLASSES && w > 0; c++) {
          double target = 0.3 / CLASSES + (c == LABELS[r] ? 0.7 : 0);
          expected += w * target * (logSumExp(x, r) - x[r * CLASSES + c]);
          double softmax = Math.exp(x[r * CLASSES + c] - logSumExp(x, r));
          gradient[r * CLASSES + c] = w * (softmax - target);
        }
      }
      SoftmaxCrossEntropy loss = plain.withLabelSmoothing(0.3);
      Matrix logits = m.matrix(ROWS, CLASSES, x);
      LossFixture found = new LossFixture(m, loss, loss.upload(m.queue, LABELS, MASK), logits);
      m.assertClose(new double[] {expected}, new double[] {found.loss}, "loss");
      m.assertClose(gradient, found.gradient, "gradient");
    }
  }

  @Test
  void smoothedGradientsAgreeWithDifferences() {
    try (ModelFixture m = new ModelFixture("reference")) {
      SoftmaxCrossEntropy loss = loss(m).withLabelSmoothing(0.25);
      LossTargets targets = loss.upload(m.queue, LABELS, MASK);
      Matrix outputs = m.matrix(ROWS, CLASSES, random(3, ROWS * CLASSES));
      LossFixture.assertGradient(m, loss, targets, outputs);
    }
  }

  @Test
  void partsOfABatchAddUpToTheWhole() {
    try (ModelFixture m = new ModelFixture("reference")) {
      SoftmaxCrossEntropy loss = loss(m);
      double[] x = random(5, ROWS * CLASSES);
      Matrix outputs = m.matrix(ROWS, CLASSES, x);
      double whole = new LossFixture(m, loss, loss.upload(m.queue, LABELS, MASK), outputs).loss;
      double total = loss.weight(LABELS, MASK);
      double sum = 0;
      for (int part = 0; part < 2; part++) {
        int from = 3 * part;
        int[] labels = java.util.Arrays.copyOfRange(LABELS, from, from + 3);
        float[] mask = java.util.Arrays.copyOfRange(MASK, from, from + 3);
        LossTargets targets = loss.upload(m.queue, labels, mask, total);
        assertEquals(loss.weight(labels, mask), targets.weight(), 1e-15);
        sum += new LossFixture(m, loss, targets, outputs.rows(from, 3)).loss;
      }
      assertEquals(whole, sum, 1e-14);
    }
  }

  @ParameterizedTest
  @MethodSource("io.carousel.TestDevices#available")
  void noValidRowGivesZero(String device) {
    try (ModelFixture m = new ModelFixture(device)) {
      SoftmaxCrossEntropy loss = new SoftmaxCrossEntropy(m.pool, 3);
      LossTargets targets = loss.upload(m.queue, new int[] {-100, 2}, new float[] {1, 0});
      assertEquals(0, targets.weight());
      LossFixture found =
          new LossFixture(m, loss, targets, m.matrix(2, 3, 1, 2, 3, 4, 5, Double.NaN));
      assertEquals(0, found.loss);
      assertArrayEquals(new double[6], found.gradient);
    }
  }

  @Test
  void errorsNameTheRow() {
    try (ModelFixture m = new ModelFixture("reference")) {
      SoftmaxCrossEntropy loss = new SoftmaxCrossEntropy(m.pool, 3);
      String label = failure(() -> loss.upload(m.queue, new int[] {0, 3}, null));
      assertEquals("label 3 of row 1 is neither in 0..2 nor the ignored label -100", label);
      assertTrue(
          failure(() -> loss.upload(m.queue, new int[] {0, 1}, new float[] {1, -1}))
              .contains("weight of row 1 is -1.0"));
      assertTrue(
          failure(() -> loss.upload(m.queue, new int[] {0, 1}, new float[] {Float.NaN, 1}))
              .contains("row 0 is NaN"));
      assertTrue(
          failure(() -> loss.upload(m.queue, new int[] {0, 1}, new float[] {1}))
              .contains("1 row weights for targets of 2 rows"));
      assertTrue(failure(() -> loss.withClassWeights(1, 2)).contains("2 class weights"));
      assertTrue(failure(() -> loss.withClassWeights(1, 2, -3)).contains("class 2"));
      assertTrue(failure(() -> new SoftmaxCrossEntropy(m.pool, 0)).contains("positive"));
      assertEquals(0, m.pool.lentCount());
      Matrix sum = m.zeros(1, 1);
      try (LossTargets targets = loss.upload(m.queue, new int[] {0, 1}, null)) {
        String rows = failure(() -> loss.apply(m.queue, m.zeros(3, 3), targets, null, sum));
        assertEquals("loss: outputs [3, 3] have 3 rows, the targets 2", rows);
        String classes = failure(() -> loss.apply(m.queue, m.zeros(2, 4), targets, null, sum));
        assertEquals("logits [rows, classes]: expected [2, 3], got [2, 4]", classes);
      }
      LossTargets closed = loss.upload(m.queue, new int[] {0, 1}, null);
      closed.close();
      assertThrows(
          IllegalStateException.class, () -> loss.apply(m.queue, m.zeros(2, 3), closed, null, sum));
    }
  }

  private static String failure(Runnable action) {
    return assertThrows(IllegalArgumentException.class, action::run).getMessage();
  }
}
