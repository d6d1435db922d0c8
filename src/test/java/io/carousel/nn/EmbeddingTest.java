package io.carousel.nn;

import static io.carousel.nn.ModelFixture.dot;
import static io.carousel.nn.ModelFixture.random;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.carousel.device.Matrix;
import java.util.Arrays;
import java.util.function.DoubleSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class EmbeddingTest {
  private static final int V = 6;
  private static final int E = 3;
  private static final int[] IDS = {4, 0, 4, 2, 4};

  private final double[] dY = random(1, IDS.length * E);

  @ParameterizedTest
  @MethodSource("io.carousel.TestDevices#available")
  void looksUpAndAddsRepeatedIds(String device) {
    try (ModelFixture m = new ModelFixture(device)) {
      Embedding embedding = new Embedding(m.parameters, m.pool, "e", V, E);
      double[] table = embedding.weight().download(m.queue);
      double[] y = new double[IDS.length * E];
      double[] dTable = new double[V * E];
      for (int r = 0; r < IDS.length; r++) {
        for (int c = 0; c < E; c++) {
          y[r * E + c] = table[IDS[r] * E + c];
          dTable[IDS[r] * E + c] += dY[r * E + c];
        }
      }
      Pass pass = embedding.forward(m.queue, IDS);
      m.assertClose(y, m.values(pass.output()), "y");
      pass.backward(m.matrix(IDS.length, E, dY), null);
      m.assertClose(dTable, embedding.weight().downloadGradient(m.queue), "dTable");
      Matrix output = m.zeros(IDS.length, E);
      embedding.infer(m.queue, IDS, output);
      m.assertClose(y, m.values(output), "inferred y");
      assertEquals(0, m.pool.lentCount());
    }
  }

  @Test
  void gradientsAgreeWithDifferences() {
    try (ModelFixture m = new ModelFixture("reference")) {
      Embedding embedding = new Embedding(m.parameters, m.pool, "e", V, E);
      embedding.forward(m.queue, IDS).backward(m.matrix(IDS.length, E, dY), null);
      DoubleSupplier loss =
          () -> {
            try (Pass pass = embedding.forward(m.queue, IDS)) {
              return dot(dY, m.values(pass.output()));
            }
          };
      double[] gradient = embedding.weight().downloadGradient(m.queue);
      m.assertGradient("table", embedding.weight().value(), gradient, loss);
    }
  }

  /** As in PyTorch: the row starts as zeros, may be set to something else, and never learns. */
  @Test
  void thePaddingRowDoesNotLearn() {
    try (ModelFixture m = new ModelFixture("reference")) {
      Embedding embedding =
          new Embedding(m.parameters, m.pool, "e", V, E, Initializer.normal(1), 4);
      double[] table = embedding.weight().download(m.queue);
      assertArrayEquals(new double[E], Arrays.copyOfRange(table, 4 * E, 5 * E));
      table[4 * E + 1] = 9;
      embedding.weight().upload(m.queue, table);
      Pass pass = embedding.forward(m.queue, IDS);
      assertArrayEquals(new double[] {0, 9, 0}, m.values(pass.output().rows(2, 1)));
      pass.backward(m.matrix(IDS.length, E, dY), null);
      double[] gradient = embedding.weight().downloadGradient(m.queue);
      assertArrayEquals(new double[E], Arrays.copyOfRange(gradient, 4 * E, 5 * E));
      assertArrayEquals(
          Arrays.copyOfRange(dY, E, 2 * E), Arrays.copyOfRange(gradient, 0, E), "id 0");
    }
  }

  @Test
  void errorsNamePositionAndValue() {
    try (ModelFixture m = new ModelFixture("reference")) {
      Embedding embedding = new Embedding(m.parameters, m.pool, "words", V, E);
      for (int bad : new int[] {-1, V}) {
        int[] ids = {0, 1, bad};
        String expected =
            "embedding 'words': id %d at position 2 does not lie in 0..5".formatted(bad);
        Exception forward =
            assertThrows(IllegalArgumentException.class, () -> embedding.forward(m.queue, ids));
        assertEquals(expected, forward.getMessage());
        Exception infer =
            assertThrows(
                IllegalArgumentException.class, () -> embedding.infer(m.queue, ids, m.zeros(3, E)));
        assertEquals(expected, infer.getMessage());
      }
      assertThrows(
          IllegalArgumentException.class,
          () -> new Embedding(m.parameters, m.pool, "x", V, E, Initializer.zeros(), V));
      try (Pass pass = embedding.forward(m.queue, IDS)) {
        Matrix dY = m.zeros(IDS.length, E);
        Matrix dX = m.zeros(IDS.length, E);
        assertThrows(IllegalArgumentException.class, () -> pass.backward(dY, dX));
      }
    }
  }

  @Test
  void aFrozenTableGetsNoGradient() {
    try (ModelFixture m = new ModelFixture("reference")) {
      Embedding embedding = new Embedding(m.parameters, m.pool, "e", V, E);
      embedding.weight().setRequiresGradient(false);
      embedding.forward(m.queue, IDS).backward(m.matrix(IDS.length, E, dY), null);
      assertArrayEquals(new double[V * E], embedding.weight().downloadGradient(m.queue));
    }
  }
}
