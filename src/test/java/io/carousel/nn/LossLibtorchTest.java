package io.carousel.nn;

import java.util.Arrays;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Losses and their gradients against libtorch, 4 rows of 3 columns. */
class LossLibtorchTest {
  private final LibtorchCase expected = new LibtorchCase(LossLibtorchTest.class);

  private void assertAgrees(
      ModelFixture m, String lossName, String gradientName, Loss loss, LossTargets targets) {
    double[] outputs = expected.reals("logits");
    LossFixture found = new LossFixture(m, loss, targets, m.matrix(4, 3, outputs));
    double[] lossValue = {expected.get(lossName).doubleValue()};
    m.assertClose(lossValue, new double[] {found.loss}, lossName);
    m.assertClose(expected.reals(gradientName), found.gradient, gradientName);
  }

  private float[] targets() {
    double[] values = expected.reals("targets");
    float[] floats = new float[values.length];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = (float) values[i];
    }
    return floats;
  }

  @ParameterizedTest
  @MethodSource("io.carousel.TestDevices#available")
  void crossEntropy(String device) {
    try (ModelFixture m = new ModelFixture(device)) {
      int[] labels = Arrays.stream(expected.reals("labels")).mapToInt(x -> (int) x).toArray();
      SoftmaxCrossEntropy loss =
          new SoftmaxCrossEntropy(m.pool, 3).withClassWeights(expected.reals("classWeights"));
      LossTargets targets = loss.upload(m.queue, labels, null);
      assertAgrees(m, "crossEntropy", "crossEntropyGradient", loss, targets);
    }
  }

  @ParameterizedTest
  @MethodSource("io.carousel.TestDevices#available")
  void logisticLoss(String device) {
    try (ModelFixture m = new ModelFixture(device)) {
      double positiveWeight = expected.get("positiveWeight").doubleValue();
      LogisticLoss loss = new LogisticLoss(m.pool, 3, positiveWeight);
      LossTargets targets = loss.upload(m.queue, targets(), null);
      assertAgrees(m, "logisticLoss", "logisticGradient", loss, targets);
    }
  }

  @ParameterizedTest
  @MethodSource("io.carousel.TestDevices#available")
  void squaredError(String device) {
    try (ModelFixture m = new ModelFixture(device)) {
      MeanSquaredError loss = new MeanSquaredError(m.pool, 3);
      LossTargets targets = loss.upload(m.queue, targets(), null);
      assertAgrees(m, "squaredError", "squaredErrorGradient", loss, targets);
    }
  }
}
