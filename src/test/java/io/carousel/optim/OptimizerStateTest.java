package io.carousel.optim;

import static io.carousel.nn.ModelFixture.random;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carousel.nn.Initializer;
import io.carousel.nn.ModelFixture;
import io.carousel.nn.Parameter;
import io.carousel.nn.ParameterSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class OptimizerStateTest {
  private static final List<Function<ParameterSet, Optimizer>> KINDS =
      List.of(
          p -> new Sgd(p, 0.1),
          p -> new Sgd(p, 0.1).nesterov(0.9),
          p -> new Adam(p, 0.1),
          p -> new AdamW(p, 0.1),
          p -> new RmsProp(p, 0.1),
          p -> new RmsProp(p, 0.1).momentum(0.9),
          p -> new Adagrad(p, 0.1).learningRateDecay(0.1));

  private static void addParameters(ModelFixture m) {
    m.parameters.add("layer.weight", new int[] {2, 3}, Initializer.normal(1));
    m.parameters.add("layer.bias", new int[] {2}, Initializer.normal(1));
  }

  private static void step(ModelFixture m, Optimizer optimizer, int number) {
    for (Parameter parameter : m.parameters) {
      m.queue.upload(random(number, parameter.size()), 0, parameter.gradient());
    }
    optimizer.step(m.queue);
  }

  private static double[] values(ModelFixture m, String name) {
    return m.parameters.get(name).download(m.queue);
  }

  @ParameterizedTest
  @MethodSource("io.carousel.TestDevices#available")
  void aResumedRunGoesOnBitForBit(String device) {
    for (Function<ParameterSet, Optimizer> kind : KINDS) {
      try (ModelFixture m = new ModelFixture(device);
          ModelFixture resumed = new ModelFixture(device)) {
        addParameters(m);
        addParameters(resumed);
        try (Optimizer original = kind.apply(m.parameters);
            Optimizer copy = kind.apply(resumed.parameters)) {
          for (int n = 0; n < 3; n++) {
            step(m, original, n);
          }
          original.setLearningRate(0.07);
          step(resumed, copy, 99); // state that the import must overwrite
          copy.importState(resumed.queue, original.exportState(m.queue));
          for (Parameter p : m.parameters) {
            resumed.parameters.get(p.path()).upload(resumed.queue, p.download(m.queue));
          }
          for (int n = 3; n < 6; n++) {
            step(m, original, n);
            step(resumed, copy, n);
          }
          assertEquals(0.07, copy.learningRate());
          assertEquals(6, copy.stepCount());
          for (Parameter p : m.parameters) {
            assertArrayEquals(p.download(m.queue), values(resumed, p.path()), original.name());
          }
        }
      }
    }
  }

  @Test
  void arraysAreNamedAfterParameters() {
    try (ModelFixture m = new ModelFixture("reference")) {
      addParameters(m);
      try (Optimizer adam = new Adam(m.parameters)) {
        Set<String> scalars = Set.of("optimizer.learning_rate", "optimizer.step_count");
        assertEquals(scalars, adam.exportState(m.queue).keySet());
        m.parameters.get("layer.bias").setRequiresGradient(false);
        step(m, adam, 1);
        Map<String, double[]> state = adam.exportState(m.queue);
        assertEquals(
            List.of(
                "optimizer.learning_rate",
                "optimizer.step_count",
                "optimizer.step.layer.weight",
                "optimizer.first.layer.weight",
                "optimizer.second.layer.weight"),
            List.copyOf(state.keySet()));
        double[] gradient = random(1, 6);
        for (int i = 0; i < 6; i++) {
          assertEquals(0.1 * gradient[i], state.get("optimizer.first.layer.weight")[i], 1e-15);
          double square = 0.001 * gradient[i] * gradient[i];
          assertEquals(square, state.get("optimizer.second.layer.weight")[i], 1e-15);
        }
        assertEquals(2 * 6 * Double.BYTES, adam.bytes());
      }
    }
  }

  @Test
  void aStateFromBeforeTheFirstStepForgetsTheStepsSince() {
    try (ModelFixture m = new ModelFixture("reference")) {
      addParameters(m);
      try (Optimizer adam = new Adam(m.parameters)) {
        Map<String, double[]> fresh = adam.exportState(m.queue);
        double[] start = values(m, "layer.bias");
        step(m, adam, 1);
        double[] once = values(m, "layer.bias");
        step(m, adam, 2);
        adam.importState(m.queue, fresh);
        m.parameters.get("layer.bias").upload(m.queue, start);
        step(m, adam, 1);
        assertArrayEquals(once, values(m, "layer.bias"));
      }
    }
  }

  @Test
  void keepsNoMoreThanTheRuleNeeds() {
    int[] matrices = {0, 1, 2, 2, 1, 2, 1};
    for (int i = 0; i < matrices.length; i++) {
      try (ModelFixture m = new ModelFixture("reference")) {
        addParameters(m);
        try (Optimizer optimizer = KINDS.get(i).apply(m.parameters)) {
          assertEquals(0, optimizer.bytes());
          step(m, optimizer, 1);
          assertEquals(matrices[i] * 8L * Double.BYTES, optimizer.bytes(), optimizer.name());
        }
      }
    }
  }

  @Test
  void refusesAStateThatDoesNotFitAndChangesNothing() {
    try (ModelFixture m = new ModelFixture("reference")) {
      addParameters(m);
      try (Optimizer adam = new Adam(m.parameters);
          Optimizer sgd = new Sgd(m.parameters, 0.1).momentum(0.9)) {
        step(m, adam, 1);
        step(m, sgd, 1);
        Map<String, double[]> good = adam.exportState(m.queue);
        Map<String, double[]> before = sgd.exportState(m.queue);
        assertRefused(m, sgd, good, "optimizer.second.layer.weight");
        assertRefused(m, adam, before, "optimizer.second.layer.weight' must have 6 values");

        Map<String, double[]> bad = new LinkedHashMap<>(good);
        bad.put("optimizer.first.layer.bias", new double[3]);
        assertRefused(m, adam, bad, "must have 2 values, has 3");

        bad = new LinkedHashMap<>(good);
        bad.remove("optimizer.step_count");
        assertRefused(m, adam, bad, "'optimizer.step_count' must have 1 values, is missing");

        bad = new LinkedHashMap<>(good);
        bad.put("optimizer.first.other", new double[1]);
        assertRefused(m, adam, bad, "'optimizer.first.other' belongs to no parameter");

        bad = new LinkedHashMap<>(good);
        bad.put("optimizer.step.layer.bias", new double[] {1.5});
        assertRefused(m, adam, bad, "number of steps, got 1.5");

        bad = new LinkedHashMap<>(good);
        bad.put("optimizer.learning_rate", new double[] {Double.NaN});
        assertRefused(m, adam, bad, "learning rate");

        Map<String, double[]> after = adam.exportState(m.queue);
        good.forEach((name, array) -> assertArrayEquals(array, after.get(name), name));
      }
    }
  }

  private static void assertRefused(
      ModelFixture m, Optimizer optimizer, Map<String, double[]> state, String words) {
    String message =
        assertThrows(IllegalArgumentException.class, () -> optimizer.importState(m.queue, state))
            .getMessage();
    assertTrue(message.contains(words), message);
  }

  /** As in PyTorch, bias correction of a parameter starts with its own first step. */
  @Test
  void aFrozenParameterStaysAndStartsAfresh() {
    try (ModelFixture m = new ModelFixture("reference")) {
      addParameters(m);
      Parameter weight = m.parameters.get("layer.weight");
      Parameter bias = m.parameters.get("layer.bias");
      double[] start = bias.download(m.queue);
      long version = bias.version();
      try (Optimizer adam = new Adam(m.parameters, 0.1)) {
        bias.setRequiresGradient(false);
        for (int n = 0; n < 5; n++) {
          step(m, adam, n);
        }
        assertArrayEquals(start, bias.download(m.queue));
        assertEquals(version, bias.version());
        bias.setRequiresGradient(true);
        double[] before = weight.download(m.queue);
        step(m, adam, 5);
        double[] gradient = random(5, 2);
        double[] after = bias.download(m.queue);
        for (int i = 0; i < 2; i++) {
          assertEquals(start[i] - 0.1 * Math.signum(gradient[i]), after[i], 1e-6);
        }
        assertFalse(java.util.Arrays.equals(before, weight.download(m.queue)));
      }
    }
  }

  @Test
  void tiedParametersAreUpdatedOnce() {
    try (ModelFixture m = new ModelFixture("reference")) {
      Parameter table = m.parameters.add("table", new int[] {2}, Initializer.zeros());
      m.parameters.tie("head", table);
      m.queue.fill(table.gradient(), 1);
      try (Optimizer sgd = new Sgd(m.parameters, 0.5)) {
        sgd.step(m.queue);
        assertArrayEquals(new double[] {-0.5, -0.5}, table.download(m.queue));
      }
    }
  }
}
