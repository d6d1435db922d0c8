package io.carousel.nn;

import static io.carousel.nn.ModelFixture.dot;
import static io.carousel.nn.ModelFixture.random;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.carousel.device.Activation;
import io.carousel.device.Matrix;
import java.util.Arrays;
import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class ActivationLayerTest {
  private static DoubleUnaryOperator formula(Activation f) {
    return switch (f) {
      case IDENTITY -> x -> x;
      case SIGMOID -> x -> 1 / (1 + Math.exp(-x));
      case TANH -> Math::tanh;
      case RELU -> x -> Math.max(x, 0);
    };
  }

  @ParameterizedTest
  @MethodSource("io.carousel.TestDevices#available")
  void followsTheFormula(String device) {
    double[] x = {-30, -2, -0.5, 0, 0.5, 30};
    try (ModelFixture m = new ModelFixture(device)) {
      for (Activation f : Activation.values()) {
        ActivationLayer layer = new ActivationLayer(m.pool, f, 3);
        double[] y = Arrays.stream(x).map(formula(f)).toArray();
        Matrix input = m.matrix(2, 3, x);
        try (Pass pass = layer.forward(m.queue, input)) {
          m.assertClose(y, m.values(pass.output()), f + " y");
        }
        layer.infer(m.queue, input, input);
        m.assertClose(y, m.values(input), f + " in place");
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Activation.class)
  void gradientsAgreeWithDifferences(Activation f) {
    double[] dY = random(2, 20);
    try (ModelFixture m = new ModelFixture("reference")) {
      ActivationLayer layer = new ActivationLayer(m.pool, f, 5);
      Matrix input = m.matrix(4, 5, random(1, 20));
      Matrix gradient = m.matrix(4, 5, dY);
      layer.forward(m.queue, input).backward(gradient, gradient);
      m.assertGradient(
          f + " x",
          input,
          m.values(gradient),
          () -> {
            try (Pass pass = layer.forward(m.queue, input)) {
              return dot(dY, m.values(pass.output()));
            }
          });
    }
  }

  @Test
  void theInputGradientNeedNotBeWanted() {
    try (ModelFixture m = new ModelFixture("reference")) {
      ActivationLayer layer = new ActivationLayer(m.pool, Activation.TANH, 2);
      Matrix dY = m.matrix(1, 2, 1, 2);
      layer.forward(m.queue, m.zeros(1, 2)).backward(dY, null);
      assertArrayEquals(new double[] {1, 2}, m.values(dY));
      assertEquals(0, m.pool.lentCount());
      assertThrows(IllegalArgumentException.class, () -> layer.forward(m.queue, m.zeros(1, 3)));
    }
  }
}
