package io.carousel.nn;

import static io.carousel.nn.ModelFixture.dot;
import static io.carousel.nn.ModelFixture.random;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.carousel.device.Activation;
import io.carousel.device.Matrix;
import io.carousel.device.SomeActivations;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ActivationLayerTest {
  static List<Activation> functions() {
    List<Activation> all = new ArrayList<>(SomeActivations.clippedToo(0.55));
    all.addAll(SomeActivations.unusual());
    return all;
  }

  private static DoubleUnaryOperator formula(Activation f) {
    double alpha = f.alpha();
    double beta = f.beta();
    DoubleUnaryOperator formula =
        switch (f.kind()) {
          case IDENTITY -> x -> x;
          case SIGMOID -> x -> 1 / (1 + Math.exp(-x));
          case TANH -> Math::tanh;
          case RELU -> x -> Math.max(x, 0);
          case AFFINE -> x -> alpha * x + beta;
          case LEAKY_RELU -> x -> Math.max(x, 0) + alpha * Math.min(x, 0);
          case THRESHOLDED_RELU -> x -> x > alpha ? x : 0;
          case SCALED_TANH -> x -> alpha * Math.tanh(beta * x);
          case HARD_SIGMOID -> x -> Math.max(0, Math.min(1, alpha * x + beta));
          case ELU -> x -> x > 0 ? x : alpha * (Math.exp(x) - 1);
          case SOFTSIGN -> x -> x / (1 + Math.abs(x));
          case SOFTPLUS -> x -> Math.log(1 + Math.exp(x));
        };
    double bound = f.clip() > 0 ? f.clip() : Double.POSITIVE_INFINITY;
    return x -> formula.applyAsDouble(Math.max(-bound, Math.min(bound, x)));
  }

  @ParameterizedTest
  @MethodSource("io.carousel.TestDevices#available")
  void followsTheFormula(String device) {
    double[] x = {-30, -2, -0.6, 0, 0.6, 30};
    try (ModelFixture m = new ModelFixture(device)) {
      for (Activation f : functions()) {
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
  @MethodSource("functions")
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
