package io.carousel.nn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ParameterSetTest {
  private final ModelFixture model = new ModelFixture("reference");
  private final ParameterSet set = model.parameters;

  @AfterEach
  void close() {
    model.close();
  }

  private static int[] shape(int... sizes) {
    return sizes;
  }

  private static String failure(Runnable action) {
    return assertThrows(IllegalArgumentException.class, action::run).getMessage();
  }

  @Test
  void keepsOrderAndLogicalShapes() {
    set.add("b.weight", shape(2, 3), Initializer.normal(1));
    set.add("a.bias", shape(4), Initializer.zeros());
    assertEquals(List.of("b.weight", "a.bias"), set.all().stream().map(Parameter::path).toList());
    Parameter bias = set.get("a.bias");
    assertArrayEquals(shape(4), bias.shape());
    assertEquals(1, bias.rows());
    assertEquals(4, bias.columns());
    assertEquals(10, set.elementCount());
    assertEquals(2 * 10 * Double.BYTES, set.bytes());
    bias.setRequiresGradient(false);
    assertEquals(6, set.trainableCount());
  }

  @Test
  void valuesDependOnSeedAndPathAlone() {
    set.add("other", shape(5, 5), Initializer.normal(1));
    double[] values = set.add("w", shape(3, 3), Initializer.normal(1)).download(model.queue);
    try (ParameterSet alone = new ParameterSet(model.queue, ModelFixture.SEED, "alone");
        ParameterSet reseeded = new ParameterSet(model.queue, 43, "reseeded")) {
      double[] same = alone.add("w", shape(3, 3), Initializer.normal(1)).download(model.queue);
      assertArrayEquals(values, same);
      double[] renamed = alone.add("v", shape(3, 3), Initializer.normal(1)).download(model.queue);
      assertFalse(java.util.Arrays.equals(values, renamed));
      double[] seeded = reseeded.add("w", shape(3, 3), Initializer.normal(1)).download(model.queue);
      assertFalse(java.util.Arrays.equals(values, seeded));
    }
  }

  @ParameterizedTest
  @MethodSource("io.carousel.TestDevices#available")
  void valuesAreTheSameOnEveryDevice(String name) {
    float[] expected = set.add("w", shape(7, 3), Initializer.normal(1)).downloadFloats(model.queue);
    try (ModelFixture other = new ModelFixture(name)) {
      Parameter parameter = other.parameters.add("w", shape(7, 3), Initializer.normal(1));
      assertArrayEquals(expected, parameter.downloadFloats(other.queue));
    }
  }

  @Test
  void aTiedParameterIsOneObject() {
    Parameter table = set.add("embedding.weight", shape(5, 2), Initializer.normal(1));
    set.tie("head.weight", table);
    assertSame(table, set.get("head.weight"));
    assertEquals(1, set.all().size());
    assertEquals("embedding.weight", set.aliases().get("head.weight"));
    assertTrue(set.contains("head.weight"));
    assertTrue(failure(() -> set.tie("head.weight", table)).contains("head.weight"));
    try (ParameterSet other = new ParameterSet(model.queue, 1, "other")) {
      Parameter foreign = other.add("embedding.weight", shape(5, 2), Initializer.zeros());
      assertTrue(failure(() -> set.tie("foreign", foreign)).contains("another set"));
    }
  }

  @Test
  void refusesWhatItCannotKeep() {
    set.add("w", shape(1), Initializer.zeros());
    assertTrue(failure(() -> set.add("w", shape(1), Initializer.zeros())).contains("'w' already"));
    for (String path : List.of("", ".", "a..b", "a.", "a b", "a/b")) {
      assertTrue(failure(() -> set.add(path, shape(1), Initializer.zeros())).contains("dotted"));
    }
    for (int[] bad : List.of(shape(), shape(0), shape(2, 0), shape(1, 2, 3))) {
      assertTrue(failure(() -> set.add("x", bad, Initializer.zeros())).contains("shape"));
    }
    assertTrue(failure(() -> set.get("y")).contains("[w]"));
  }

  @Test
  void everyWriteRaisesTheVersion() {
    Parameter w = set.add("w", shape(2), Initializer.zeros());
    long before = w.version();
    w.upload(model.queue, new double[] {1, 2});
    assertArrayEquals(new double[] {1, 2}, w.download(model.queue));
    long between = w.version();
    assertTrue(between > before);
    w.upload(model.queue, new float[] {3, 4});
    assertArrayEquals(new float[] {3, 4}, w.downloadFloats(model.queue));
    assertTrue(w.version() > between);
    assertTrue(failure(() -> w.upload(model.queue, new double[3])).contains("2 values, got 3"));
    assertTrue(failure(() -> w.upload(model.queue, new float[1])).contains("2 values, got 1"));
  }

  @Test
  void zeroesAllGradients() {
    Parameter a = set.add("a", shape(2), Initializer.zeros());
    Parameter b = set.add("b", shape(1, 3), Initializer.zeros());
    model.queue.fill(a.gradient(), 5);
    model.queue.fill(b.gradient(), Double.NaN);
    set.zeroGradients(model.queue);
    assertArrayEquals(new double[2], a.downloadGradient(model.queue));
    assertArrayEquals(new double[3], b.downloadGradient(model.queue));
  }
}
