package io.carousel.optim;

import static io.carousel.nn.ModelFixture.random;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carousel.device.Matrix;
import io.carousel.nn.Initializer;
import io.carousel.nn.ModelFixture;
import io.carousel.nn.Parameter;
import io.carousel.nn.ParameterSet;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Optimizers against formulas of one number, written out from PyTorch's documentation. */
class OptimizerFormulaTest {
  private static final int SIZE = 6;
  private static final int STEPS = 7;
  private static final double LR = 0.05;

  /** One optimizer over one number. */
  private interface Scalar {
    /** Returns the new parameter; t counts from 1. */
    double step(double theta, double gradient, int t);
  }

  private record Case(
      String name, Function<ParameterSet, Optimizer> optimizer, Supplier<Scalar> scalar) {
    @Override
    public String toString() {
      return name;
    }
  }

  private static List<Case> cases() {
    return List.of(
        new Case("SGD", p -> new Sgd(p, LR), () -> sgd(0, false, 0)),
        new Case("SGD, decay", p -> new Sgd(p, LR).weightDecay(0.1), () -> sgd(0, false, 0.1)),
        new Case("momentum", p -> new Sgd(p, LR).momentum(0.9), () -> sgd(0.9, false, 0)),
        new Case(
            "Nesterov, decay",
            p -> new Sgd(p, LR).nesterov(0.9).weightDecay(0.1),
            () -> sgd(0.9, true, 0.1)),
        new Case("Adam", p -> new Adam(p, LR), () -> adam(0.9, 0.999, 1e-8, 0, 0)),
        new Case(
            "Adam, all set",
            p -> new Adam(p, LR).betas(0.8, 0.95).epsilon(0.01).weightDecay(0.1),
            () -> adam(0.8, 0.95, 0.01, 0.1, 0)),
        new Case("AdamW", p -> new AdamW(p, LR), () -> adam(0.9, 0.999, 1e-8, 0, 0.01)),
        new Case(
            "AdamW, all set",
            p -> new AdamW(p, LR).betas(0.8, 0.95).epsilon(0.01).weightDecay(0.2),
            () -> adam(0.8, 0.95, 0.01, 0, 0.2)),
        new Case("RMSProp", p -> new RmsProp(p, LR), () -> rmsProp(0.99, 1e-8, 0, 0)),
        new Case(
            "RMSProp, all set",
            p -> new RmsProp(p, LR).alpha(0.9).epsilon(0.01).momentum(0.8).weightDecay(0.1),
            () -> rmsProp(0.9, 0.01, 0.8, 0.1)),
        new Case("Adagrad", p -> new Adagrad(p, LR), () -> adagrad(1e-10, 0, 0)),
        new Case(
            "Adagrad, all set",
            p -> new Adagrad(p, LR).epsilon(0.01).learningRateDecay(0.5).weightDecay(0.1),
            () -> adagrad(0.01, 0.5, 0.1)));
  }

  private static Scalar sgd(double momentum, boolean nesterov, double decay) {
    double[] velocity = new double[1];
    return (theta, gradient, t) -> {
      double g = gradient + decay * theta;
      velocity[0] = t == 1 ? g : momentum * velocity[0] + g;
      double direction = nesterov ? g + momentum * velocity[0] : velocity[0];
      return theta - LR * (momentum == 0 ? g : direction);
    };
  }

  private static Scalar adam(
      double beta1, double beta2, double epsilon, double decay, double decoupledDecay) {
    double[] mean = new double[2];
    return (theta, gradient, t) -> {
      double g = gradient + decay * theta;
      mean[0] = beta1 * mean[0] + (1 - beta1) * g;
      mean[1] = beta2 * mean[1] + (1 - beta2) * g * g;
      double first = mean[0] / (1 - Math.pow(beta1, t));
      double second = mean[1] / (1 - Math.pow(beta2, t));
      double decayed = theta - LR * decoupledDecay * theta;
      return decayed - LR * first / (Math.sqrt(second) + epsilon);
    };
  }

  private static Scalar rmsProp(double alpha, double epsilon, double momentum, double decay) {
    double[] state = new double[2];
    return (theta, gradient, t) -> {
      double g = gradient + decay * theta;
      state[0] = alpha * state[0] + (1 - alpha) * g * g;
      state[1] = momentum * state[1] + g / (Math.sqrt(state[0]) + epsilon);
      return theta - LR * state[1];
    };
  }

  private static Scalar adagrad(double epsilon, double learningRateDecay, double decay) {
    double[] sum = new double[1];
    return (theta, gradient, t) -> {
      double g = gradient + decay * theta;
      sum[0] += g * g;
      double rate = LR / (1 + (t - 1) * learningRateDecay);
      return theta - rate * g / (Math.sqrt(sum[0]) + epsilon);
    };
  }

  private static List<Arguments> devicesAndCases() {
    return io.carousel.TestDevices.available()
        .flatMap(device -> cases().stream().map(c -> Arguments.of(device, c)))
        .toList();
  }

  private static void assertFollows(ModelFixture m, Case c, Matrix factor) {
    Parameter weight = m.parameters.add("w", new int[] {2, 2}, Initializer.normal(1));
    Parameter bias = m.parameters.add("b", new int[] {2}, Initializer.normal(1));
    double[] theta = new double[SIZE];
    System.arraycopy(weight.download(m.queue), 0, theta, 0, 4);
    System.arraycopy(bias.download(m.queue), 0, theta, 4, 2);
    Scalar[] scalars = new Scalar[SIZE];
    for (int i = 0; i < SIZE; i++) {
      scalars[i] = c.scalar().get();
    }
    double gradientFactor = factor == null ? 1 : m.scalar(factor);
    try (Optimizer optimizer = c.optimizer().apply(m.parameters)) {
      for (int t = 1; t <= STEPS; t++) {
        double[] gradient = random(t, SIZE);
        m.queue.upload(gradient, 0, weight.gradient());
        m.queue.upload(gradient, 4, bias.gradient());
        long version = weight.version();
        optimizer.step(m.queue, factor);
        assertTrue(weight.version() > version);
        for (int i = 0; i < SIZE; i++) {
          theta[i] = scalars[i].step(theta[i], gradientFactor * gradient[i], t);
        }
        double[] found = new double[SIZE];
        System.arraycopy(weight.download(m.queue), 0, found, 0, 4);
        System.arraycopy(bias.download(m.queue), 0, found, 4, 2);
        m.assertClose(theta, found, c + " step " + t);
        double[] kept = new double[4];
        m.queue.download(weight.gradient(), kept, 0);
        assertArrayEquals(java.util.Arrays.copyOf(gradient, 4), kept, "gradients are not changed");
      }
      assertEquals(STEPS, optimizer.stepCount());
    }
  }

  @ParameterizedTest
  @MethodSource("devicesAndCases")
  void followsTheFormula(String device, Case c) {
    try (ModelFixture m = new ModelFixture(device)) {
      assertFollows(m, c, null);
    }
  }

  @ParameterizedTest
  @MethodSource("devicesAndCases")
  void scalesTheGradient(String device, Case c) {
    try (ModelFixture m = new ModelFixture(device)) {
      assertFollows(m, c, m.matrix(1, 1, 0.25));
    }
  }

  /** The first step of Adam is lr·sign(g) whatever the size of g, by bias correction. */
  @Test
  void adamsFirstStepIsTheLearningRate() {
    try (ModelFixture m = new ModelFixture("reference")) {
      Parameter w = m.parameters.add("w", new int[] {3}, Initializer.zeros());
      m.queue.upload(new double[] {1e-3, -7, 0.1}, 0, w.gradient());
      try (Optimizer adam = new Adam(m.parameters)) {
        adam.step(m.queue);
        assertArrayEquals(new double[] {-1e-3, 1e-3, -1e-3}, w.download(m.queue), 1e-7);
      }
    }
  }

  /** Without gradient AdamW still shrinks the weights by 1 - lr·λ; Adam leaves them. */
  @Test
  void adamWDecaysWithoutGradient() {
    try (ModelFixture m = new ModelFixture("reference")) {
      Parameter w = m.parameters.add("w", new int[] {1}, Initializer.constant(2));
      try (Optimizer decoupled = new AdamW(m.parameters, 0.1);
          Optimizer plain = new Adam(m.parameters, 0.1)) {
        plain.step(m.queue);
        assertEquals(2, w.download(m.queue)[0]);
        decoupled.step(m.queue);
        assertEquals(2 * (1 - 0.1 * 0.01), w.download(m.queue)[0], 1e-15);
      }
    }
  }

  @Test
  void defaultsArePyTorchs() {
    try (ModelFixture m = new ModelFixture("reference");
        Optimizer adam = new Adam(m.parameters);
        Optimizer adamW = new AdamW(m.parameters);
        Optimizer rmsProp = new RmsProp(m.parameters);
        Optimizer adagrad = new Adagrad(m.parameters)) {
      assertEquals(1e-3, adam.learningRate());
      assertEquals(1e-3, adamW.learningRate());
      assertEquals(1e-2, rmsProp.learningRate());
      assertEquals(1e-2, adagrad.learningRate());
      assertEquals(
          List.of("adam", "adamw", "rmsprop", "adagrad"),
          List.of(adam.name(), adamW.name(), rmsProp.name(), adagrad.name()));
    }
  }

  @Test
  void refusesWrongNumbers() {
    try (ModelFixture m = new ModelFixture("reference");
        Sgd sgd = new Sgd(m.parameters, 0.1);
        Adam adam = new Adam(m.parameters)) {
      assertEquals("sgd", sgd.name());
      for (double bad : new double[] {-1, Double.NaN, Double.POSITIVE_INFINITY}) {
        assertThrows(IllegalArgumentException.class, () -> sgd.setLearningRate(bad));
        assertThrows(IllegalArgumentException.class, () -> sgd.weightDecay(bad));
        assertThrows(IllegalArgumentException.class, () -> adam.epsilon(bad));
        assertThrows(IllegalArgumentException.class, () -> new Sgd(m.parameters, bad));
      }
      assertThrows(IllegalArgumentException.class, () -> sgd.momentum(1));
      assertThrows(IllegalArgumentException.class, () -> sgd.nesterov(0));
      assertThrows(IllegalArgumentException.class, () -> adam.betas(0.9, 1));
    }
  }
}
