package io.carousel.optim;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import io.carousel.nn.Initializer;
import io.carousel.nn.LibtorchCase;
import io.carousel.nn.ModelFixture;
import io.carousel.nn.Parameter;
import io.carousel.nn.ParameterSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Optimizers and clipping against libtorch; where a name gives no numbers, with its defaults. */
class OptimizerLibtorchTest {
  private static final double LR = 0.05;

  private final LibtorchCase expected = new LibtorchCase(OptimizerLibtorchTest.class);

  private static Map<String, Function<ParameterSet, Optimizer>> optimizers() {
    Map<String, Function<ParameterSet, Optimizer>> byName = new LinkedHashMap<>();
    byName.put("sgd", p -> new Sgd(p, LR));
    byName.put("sgd momentum=0.9", p -> new Sgd(p, LR).momentum(0.9));
    byName.put(
        "sgd nesterov=0.9 weightDecay=0.1", p -> new Sgd(p, LR).nesterov(0.9).weightDecay(0.1));
    byName.put("adam", Adam::new);
    byName.put(
        "adam betas=0.8,0.95 epsilon=0.01 weightDecay=0.1",
        p -> new Adam(p, LR).betas(0.8, 0.95).epsilon(0.01).weightDecay(0.1));
    byName.put("adamw", AdamW::new);
    byName.put("rmsprop", RmsProp::new);
    byName.put(
        "rmsprop alpha=0.9 epsilon=0.01 momentum=0.8 weightDecay=0.1",
        p -> new RmsProp(p, LR).alpha(0.9).epsilon(0.01).momentum(0.8).weightDecay(0.1));
    byName.put("adagrad", Adagrad::new);
    byName.put(
        "adagrad epsilon=0.01 learningRateDecay=0.5 weightDecay=0.1",
        p -> new Adagrad(p, LR).epsilon(0.01).learningRateDecay(0.5).weightDecay(0.1));
    return byName;
  }

  @ParameterizedTest
  @MethodSource("io.carousel.TestDevices#available")
  void trajectoriesAgree(String device) {
    assertEquals(expected.get("after").size(), optimizers().size());
    optimizers().forEach((name, optimizer) -> assertAgrees(device, name, optimizer));
  }

  private void assertAgrees(
      String device, String name, Function<ParameterSet, Optimizer> optimizer) {
    try (ModelFixture m = new ModelFixture(device)) {
      Parameter theta = m.parameters.add("theta", new int[] {4}, Initializer.zeros());
      theta.upload(m.queue, expected.reals("theta"));
      try (Optimizer made = optimizer.apply(m.parameters)) {
        Iterator<JsonNode> after = expected.get("after").get(name).iterator();
        for (JsonNode gradient : expected.get("gradients")) {
          m.queue.upload(LibtorchCase.reals(gradient), 0, theta.gradient());
          made.step(m.queue);
          m.assertClose(LibtorchCase.reals(after.next()), theta.download(m.queue), name);
        }
      }
    }
  }

  @Test
  void clippingAgrees() {
    try (ModelFixture m = new ModelFixture("reference")) {
      for (JsonNode gradient : expected.get("clipBefore")) {
        String path = "p" + m.parameters.all().size();
        int[] shape = {gradient.size()};
        Parameter p = m.parameters.add(path, shape, Initializer.zeros());
        m.queue.upload(LibtorchCase.reals(gradient), 0, p.gradient());
      }
      double maxNorm = expected.get("clipMaxNorm").doubleValue();
      try (GlobalNormClipper clipper = new GlobalNormClipper(m.parameters, maxNorm);
          Optimizer sgd = new Sgd(m.parameters, 1)) {
        sgd.step(m.queue, clipper.clip(m.queue));
        assertEquals(expected.get("clipNorm").doubleValue(), clipper.norm(m.queue), 1e-14);
        for (int i = 0; i < 2; i++) {
          double[] clipped = LibtorchCase.reals(expected.get("clipAfter").get(i));
          double[] moved = m.parameters.get("p" + i).download(m.queue);
          for (int k = 0; k < clipped.length; k++) {
            assertEquals(-clipped[k], moved[k], 1e-14);
          }
        }
      }
    }
  }
}
