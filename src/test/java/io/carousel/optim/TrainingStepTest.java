package io.carousel.optim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carousel.device.Activation;
import io.carousel.device.Matrix;
import io.carousel.nn.ActivationLayer;
import io.carousel.nn.Draw;
import io.carousel.nn.Dropout;
import io.carousel.nn.Embedding;
import io.carousel.nn.Linear;
import io.carousel.nn.LossTargets;
import io.carousel.nn.ModelFixture;
import io.carousel.nn.Pass;
import io.carousel.nn.SoftmaxCrossEntropy;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Embedding, linear, tanh, dropout, linear, cross-entropy, clipping and Adam together. */
class TrainingStepTest {
  private static final int[] IDS = {0, 1, 2, 3, 4, 5, 6, 7};
  private static final int[] PARITY = {0, 1, 0, 1, 0, 1, 0, 1};

  private static final class Network {
    final ModelFixture m;
    final Embedding embedding;
    final Linear hidden;
    final ActivationLayer tanh;
    final Dropout dropout;
    final Linear head;
    final SoftmaxCrossEntropy loss;
    final Matrix sum;

    Network(ModelFixture m) {
      this.m = m;
      embedding = new Embedding(m.parameters, m.pool, "embedding", 8, 4);
      hidden = new Linear(m.parameters, m.pool, "hidden", 4, 16);
      tanh = new ActivationLayer(m.pool, Activation.TANH, 16);
      dropout = new Dropout(m.pool, "dropout", ModelFixture.SEED, 0.1, 16);
      head = new Linear(m.parameters, m.pool, "head", 16, 2);
      loss = new SoftmaxCrossEntropy(m.pool, 2);
      sum = m.zeros(1, 1);
    }

    double train(Optimizer optimizer, GradientClipper clipper, int step) {
      m.parameters.zeroGradients(m.queue);
      m.queue.fill(sum, 0);
      Pass a = embedding.forward(m.queue, IDS);
      Pass b = hidden.forward(m.queue, a.output());
      Pass c = tanh.forward(m.queue, b.output());
      Pass d = dropout.forward(m.queue, c.output(), Draw.of(step));
      Pass e = head.forward(m.queue, d.output());
      try (LossTargets targets = loss.upload(m.queue, PARITY, null)) {
        loss.apply(m.queue, e.output(), targets, e.output(), sum);
      }
      Matrix wide = m.pool.lease(IDS.length, 16);
      Matrix narrow = m.pool.lease(IDS.length, 4);
      e.backward(e.output(), wide);
      d.backward(wide, wide);
      c.backward(wide, wide);
      b.backward(wide, narrow);
      a.backward(narrow, null);
      m.pool.release(wide);
      m.pool.release(narrow);
      optimizer.step(m.queue, clipper.clip(m.queue));
      return m.scalar(sum);
    }

    double validate() {
      Matrix a = m.pool.lease(IDS.length, 4);
      Matrix b = m.pool.lease(IDS.length, 16);
      Matrix c = m.pool.lease(IDS.length, 2);
      embedding.infer(m.queue, IDS, a);
      hidden.infer(m.queue, a, b);
      tanh.infer(m.queue, b, b);
      head.infer(m.queue, b, c);
      m.queue.fill(sum, 0);
      try (LossTargets targets = loss.upload(m.queue, PARITY, null)) {
        loss.apply(m.queue, c, targets, null, sum);
      }
      m.pool.release(a);
      m.pool.release(b);
      m.pool.release(c);
      return m.scalar(sum);
    }
  }

  @ParameterizedTest
  @MethodSource("io.carousel.TestDevices#available")
  void learnsAndAllocatesNothingOnceItRuns(String device) {
    try (ModelFixture m = new ModelFixture(device)) {
      Network network = new Network(m);
      try (Optimizer adam = new Adam(m.parameters, 0.02);
          GradientClipper clipper = new GlobalNormClipper(m.parameters, 1)) {
        double first = network.train(adam, clipper, 0);
        assertTrue(first > 0.5, "first loss " + first);
        network.validate();
        long allocations = m.device.allocationCount();
        long bytes = m.device.allocatedBytes();
        for (int step = 1; step < 200; step++) {
          network.train(adam, clipper, step);
          network.validate();
        }
        assertEquals(allocations, m.device.allocationCount());
        assertEquals(bytes, m.device.allocatedBytes());
        assertEquals(0, m.pool.lentCount());
        double last = network.validate();
        assertTrue(last < 0.01, "validation loss " + last);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("io.carousel.TestDevices#available")
  void theSameSeedGivesTheSameBits(String device) {
    assertEquals(lossAfterTraining(device), lossAfterTraining(device));
  }

  private static double lossAfterTraining(String device) {
    try (ModelFixture m = new ModelFixture(device)) {
      Network network = new Network(m);
      try (Optimizer adam = new Adam(m.parameters, 0.02);
          GradientClipper clipper = new ValueClipper(m.parameters, 0.1)) {
        double loss = Double.NaN;
        for (int step = 0; step < 20; step++) {
          loss = network.train(adam, clipper, step);
        }
        return loss;
      }
    }
  }
}
