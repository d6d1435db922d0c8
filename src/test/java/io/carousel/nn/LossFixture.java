package io.carousel.nn;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.carousel.device.Matrix;

/** Applies a loss to outputs and keeps loss and gradient. */
final class LossFixture {
  final double loss;
  final double[] gradient;

  LossFixture(ModelFixture m, Loss loss, LossTargets targets, Matrix outputs) {
    Matrix sum = m.zeros(1, 1);
    Matrix dOutputs = m.zeros(outputs.rows(), outputs.columns());
    m.queue.fill(dOutputs, Double.NaN);
    loss.apply(m.queue, outputs, targets, dOutputs, sum);
    this.loss = m.scalar(sum);
    gradient = m.values(dOutputs);
    m.queue.fill(sum, 100);
    loss.apply(m.queue, outputs, targets, null, sum);
    double bound = m.tolerance() * Math.max(100, Math.abs(this.loss));
    assertEquals(100 + this.loss, m.scalar(sum), 10 * bound, "the loss is accumulated");
    assertEquals(2, m.pool.lentCount());
    targets.close();
    targets.close();
    assertEquals(0, m.pool.lentCount());
  }

  /** Checks a gradient against differences of the loss alone. */
  static void assertGradient(ModelFixture m, Loss loss, LossTargets targets, Matrix outputs) {
    Matrix sum = m.zeros(1, 1);
    Matrix dOutputs = m.zeros(outputs.rows(), outputs.columns());
    loss.apply(m.queue, outputs, targets, dOutputs, sum);
    m.assertGradient(
        "outputs",
        outputs,
        m.values(dOutputs),
        () -> {
          m.queue.fill(sum, 0);
          loss.apply(m.queue, outputs, targets, null, sum);
          return m.scalar(sum);
        });
    targets.close();
  }
}
