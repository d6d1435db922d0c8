package io.carousel.nn;

import static io.carousel.nn.ModelFixture.dot;
import static io.carousel.nn.ModelFixture.random;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carousel.device.Matrix;
import java.util.Arrays;
import java.util.function.DoubleSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class LinearTest {
  private static final int ROWS = 7;
  private static final int IN = 5;
  private static final int OUT = 3;

  private final double[] x = random(1, ROWS * IN);
  private final double[] dY = random(2, ROWS * OUT);

  @ParameterizedTest
  @MethodSource("io.carousel.TestDevices#available")
  void followsTheFormula(String device) {
    try (ModelFixture m = new ModelFixture(device)) {
      Linear linear = new Linear(m.parameters, m.pool, "head", IN, OUT);
      double[] w = linear.weight().download(m.queue);
      double[] b = m.parameters.get("head.bias").download(m.queue);
      double[] y = new double[ROWS * OUT];
      double[] dX = new double[ROWS * IN];
      double[] dW = new double[OUT * IN];
      double[] dB = new double[OUT];
      for (int r = 0; r < ROWS; r++) {
        for (int o = 0; o < OUT; o++) {
          y[r * OUT + o] = b[o];
          dB[o] += dY[r * OUT + o];
          for (int i = 0; i < IN; i++) {
            y[r * OUT + o] += x[r * IN + i] * w[o * IN + i];
            dX[r * IN + i] += dY[r * OUT + o] * w[o * IN + i];
            dW[o * IN + i] += dY[r * OUT + o] * x[r * IN + i];
          }
        }
      }
      Matrix input = m.matrix(ROWS, IN, x);
      Matrix dInput = m.matrix(ROWS, IN, random(9, ROWS * IN));
      Pass pass = linear.forward(m.queue, input);
      m.assertClose(y, m.values(pass.output()), "y");
      pass.backward(m.matrix(ROWS, OUT, dY), dInput);
      m.assertClose(dX, m.values(dInput), "dX");
      m.assertClose(dW, linear.weight().downloadGradient(m.queue), "dW");
      m.assertClose(dB, linear.bias().downloadGradient(m.queue), "dB");

      Matrix output = m.matrix(ROWS, OUT, random(9, ROWS * OUT));
      linear.infer(m.queue, input, output);
      m.assertClose(y, m.values(output), "inferred y");
      assertEquals(0, m.pool.lentCount());
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void gradientsAgreeWithDifferences(boolean withBias) {
    try (ModelFixture m = new ModelFixture("reference")) {
      Initializer normal = Initializer.normal(1);
      Linear linear =
          new Linear(m.parameters, m.pool, "head", IN, OUT, normal, withBias ? normal : null);
      Matrix input = m.matrix(ROWS, IN, x);
      Matrix dInput = m.zeros(ROWS, IN);
      linear.forward(m.queue, input).backward(m.matrix(ROWS, OUT, dY), dInput);
      DoubleSupplier loss =
          () -> {
            try (Pass pass = linear.forward(m.queue, input)) {
              return dot(dY, m.values(pass.output()));
            }
          };
      m.assertGradient("x", input, m.values(dInput), loss);
      for (Parameter p : m.parameters) {
        m.assertGradient(p.path(), p.value(), p.downloadGradient(m.queue), loss);
      }
      assertEquals(withBias ? 2 : 1, m.parameters.all().size());
    }
  }

  @Test
  void gradientsAccumulateAndDataGradientsOverwrite() {
    try (ModelFixture m = new ModelFixture("reference")) {
      Linear linear = new Linear(m.parameters, m.pool, "head", IN, OUT);
      Matrix input = m.matrix(ROWS, IN, x);
      Matrix dOutput = m.matrix(ROWS, OUT, dY);
      Matrix dInput = m.zeros(ROWS, IN);
      linear.forward(m.queue, input).backward(dOutput, dInput);
      double[] once = linear.weight().downloadGradient(m.queue);
      double[] biasOnce = linear.bias().downloadGradient(m.queue);
      double[] dX = m.values(dInput);
      linear.forward(m.queue, input).backward(dOutput, dInput);
      double[] twice = Arrays.stream(once).map(g -> 2 * g).toArray();
      double[] biasTwice = Arrays.stream(biasOnce).map(g -> 2 * g).toArray();
      m.assertClose(twice, linear.weight().downloadGradient(m.queue), "dW");
      m.assertClose(biasTwice, linear.bias().downloadGradient(m.queue), "dB");
      assertArrayEquals(dX, m.values(dInput));
    }
  }

  @Test
  void frozenParametersGetNoGradient() {
    try (ModelFixture m = new ModelFixture("reference")) {
      Linear linear = new Linear(m.parameters, m.pool, "head", IN, OUT);
      m.parameters.forEach(p -> p.setRequiresGradient(false));
      Matrix dInput = m.zeros(ROWS, IN);
      linear.forward(m.queue, m.matrix(ROWS, IN, x)).backward(m.matrix(ROWS, OUT, dY), dInput);
      assertArrayEquals(new double[OUT * IN], linear.weight().downloadGradient(m.queue));
      assertArrayEquals(new double[OUT], linear.bias().downloadGradient(m.queue));
      assertTrue(Arrays.stream(m.values(dInput)).anyMatch(g -> g != 0));
    }
  }

  @Test
  void tiedWeightsCollectTheGradientsOfBothUses() {
    try (ModelFixture m = new ModelFixture("reference")) {
      Embedding embedding = new Embedding(m.parameters, m.pool, "embedding", 6, 4);
      Linear head = Linear.tied(m.parameters, m.pool, "head", embedding.weight(), null);
      assertSame(embedding.weight(), m.parameters.get("head.weight"));
      assertNull(head.bias());
      assertEquals(4, head.inputSize());
      assertEquals(6, head.outputSize());
      int[] ids = {1, 5, 1};
      double[] dLogits = random(4, 3 * 6);
      Pass vectors = embedding.forward(m.queue, ids);
      Pass logits = head.forward(m.queue, vectors.output());
      Matrix dVectors = m.zeros(3, 4);
      logits.backward(m.matrix(3, 6, dLogits), dVectors);
      vectors.backward(dVectors, null);
      double[] gradient = embedding.weight().downloadGradient(m.queue);
      DoubleSupplier loss =
          () -> {
            try (Pass a = embedding.forward(m.queue, ids);
                Pass b = head.forward(m.queue, a.output())) {
              return dot(dLogits, m.values(b.output()));
            }
          };
      m.assertGradient("tied", embedding.weight().value(), gradient, loss);
      Linear withBias =
          Linear.tied(m.parameters, m.pool, "head2", embedding.weight(), Initializer.zeros());
      assertNotNull(withBias.bias());
    }
  }

  @ParameterizedTest
  @MethodSource("io.carousel.TestDevices#available")
  void noRowsAreLegal(String device) {
    try (ModelFixture m = new ModelFixture(device)) {
      Linear linear = new Linear(m.parameters, m.pool, "head", IN, OUT);
      Matrix input = m.zeros(1, IN).rows(0, 0);
      Pass pass = linear.forward(m.queue, input);
      assertEquals(0, pass.output().rows());
      pass.backward(m.zeros(1, OUT).rows(0, 0), m.zeros(1, IN).rows(0, 0));
      assertArrayEquals(new double[OUT * IN], linear.weight().downloadGradient(m.queue));
      assertArrayEquals(new double[OUT], linear.bias().downloadGradient(m.queue));
    }
  }

  @Test
  void errorsNameLayerAndAxes() {
    try (ModelFixture m = new ModelFixture("reference")) {
      Linear linear = new Linear(m.parameters, m.pool, "head", IN, OUT);
      Matrix wrong = m.zeros(ROWS, IN + 1);
      String message =
          assertThrows(IllegalArgumentException.class, () -> linear.forward(m.queue, wrong))
              .getMessage();
      assertEquals("input of 'head' [rows, inputSize]: expected [7, 5], got [7, 6]", message);
      assertThrows(
          IllegalArgumentException.class,
          () -> linear.infer(m.queue, m.zeros(ROWS, IN), m.zeros(ROWS, OUT + 1)));
      assertEquals(0, m.pool.lentCount());
    }
  }

  @Test
  void initialValuesArePyTorchs() {
    try (ModelFixture m = new ModelFixture("reference")) {
      Linear linear = new Linear(m.parameters, m.pool, "head", 16, 100);
      for (Parameter p : m.parameters) {
        double largest = Arrays.stream(p.download(m.queue)).map(Math::abs).max().orElseThrow();
        assertTrue(largest <= 0.25 && largest > 0.23, p + " reaches " + largest);
      }
      assertArrayEquals(new int[] {100, 16}, linear.weight().shape());
      assertArrayEquals(new int[] {100}, linear.bias().shape());
    }
  }
}
