package io.carousel.optim;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carousel.device.Matrix;
import io.carousel.nn.Initializer;
import io.carousel.nn.ModelFixture;
import io.carousel.nn.Parameter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class GradientClipperTest {
  /** Gradients (3, -4) and (12): norm 13. */
  private static void addParameters(ModelFixture m) {
    Parameter a = m.parameters.add("a", new int[] {2}, Initializer.zeros());
    Parameter b = m.parameters.add("b", new int[] {1, 1}, Initializer.zeros());
    m.queue.upload(new double[] {3, -4}, 0, a.gradient());
    m.queue.upload(new double[] {12}, 0, b.gradient());
  }

  private static double[] gradient(ModelFixture m, String name) {
    return m.parameters.get(name).downloadGradient(m.queue);
  }

  @ParameterizedTest
  @MethodSource("io.carousel.TestDevices#available")
  void globalNorm(String device) {
    try (ModelFixture m = new ModelFixture(device)) {
      addParameters(m);
      try (GlobalNormClipper clipper = new GlobalNormClipper(m.parameters, 2);
          GlobalNormClipper loose = new GlobalNormClipper(m.parameters, 14);
          GlobalNormClipper meter = new GlobalNormClipper(m.parameters, Double.POSITIVE_INFINITY);
          Optimizer sgd = new Sgd(m.parameters, 1)) {
        for (int n = 0; n < 2; n++) {
          Matrix factor = clipper.clip(m.queue);
          assertEquals(2 / (13 + 1e-6), m.scalar(factor), m.tolerance());
          assertEquals(13, clipper.norm(m.queue), 13 * m.tolerance());
        }
        assertEquals(1, m.scalar(loose.clip(m.queue)));
        assertEquals(1, m.scalar(meter.clip(m.queue)));
        assertEquals(13, meter.norm(m.queue), 13 * m.tolerance());
        sgd.step(m.queue, clipper.clip(m.queue));
        double factor = 2 / (13 + 1e-6);
        double[] a = m.parameters.get("a").download(m.queue);
        m.assertClose(new double[] {-3 * factor, 4 * factor}, a, "clipped update");
        assertArrayEquals(new double[] {3, -4}, gradient(m, "a"));
      }
    }
  }

  @Test
  void frozenParametersDoNotCount() {
    try (ModelFixture m = new ModelFixture("reference")) {
      addParameters(m);
      m.parameters.get("b").setRequiresGradient(false);
      try (GlobalNormClipper norm = new GlobalNormClipper(m.parameters, 1);
          GradientClipper value = new ValueClipper(m.parameters, 1)) {
        norm.clip(m.queue);
        assertEquals(5, norm.norm(m.queue), 1e-14);
        value.clip(m.queue);
        assertArrayEquals(new double[] {12}, gradient(m, "b"));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("io.carousel.TestDevices#available")
  void value(String device) {
    try (ModelFixture m = new ModelFixture(device)) {
      addParameters(m);
      m.queue.upload(new double[] {Double.NaN}, 0, m.parameters.get("b").gradient());
      try (GradientClipper clipper = new ValueClipper(m.parameters, 3.5)) {
        assertNull(clipper.clip(m.queue));
        assertArrayEquals(new double[] {3, -3.5}, gradient(m, "a"));
        assertTrue(Double.isNaN(gradient(m, "b")[0]));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("io.carousel.TestDevices#available")
  void notANumberStaysVisible(String device) {
    try (ModelFixture m = new ModelFixture(device)) {
      addParameters(m);
      m.queue.upload(new double[] {Double.NaN}, 0, m.parameters.get("b").gradient());
      try (GlobalNormClipper clipper = new GlobalNormClipper(m.parameters, 1)) {
        assertTrue(Double.isNaN(m.scalar(clipper.clip(m.queue))));
        assertTrue(Double.isNaN(clipper.norm(m.queue)));
      }
    }
  }

  @Test
  void refusesWrongBounds() {
    try (ModelFixture m = new ModelFixture("reference")) {
      for (double bad : new double[] {0, -1, Double.NaN}) {
        assertThrows(
            IllegalArgumentException.class, () -> new GlobalNormClipper(m.parameters, bad));
        assertThrows(IllegalArgumentException.class, () -> new ValueClipper(m.parameters, bad));
      }
    }
  }
}
