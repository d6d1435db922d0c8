package io.carousel.rnn;

import static io.carousel.nn.ModelFixture.dot;
import static io.carousel.nn.ModelFixture.random;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.carousel.device.Matrix;
import io.carousel.device.PackedShape;
import io.carousel.nn.ModelFixture;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class PaddedRowsTest {
  private static final PackedShape SHAPE = PackedShape.of(2, 0, 5, 1, 5);
  private static final int PADDED = 5 * 5;
  private static final int F = 3;

  @ParameterizedTest
  @MethodSource("io.carousel.TestDevices#available")
  void movesRowsAsTheHostDoes(String device) {
    try (ModelFixture m = new ModelFixture(device)) {
      try (PaddedRows rows = new PaddedRows(m.queue, m.pool, SHAPE)) {
        assertEquals(PADDED, rows.rows());
        double[] x = random(1, SHAPE.rows() * F);
        Matrix packed = m.matrix(SHAPE.rows(), F, x);
        Matrix padded = m.zeros(PADDED, F);
        m.queue.fill(padded, Double.NaN);
        rows.pad(m.queue, packed, padded);
        double[] expected = Packing.pad(SHAPE, F, x);
        assertArrayEquals(expected, m.values(padded));
        Matrix back = m.zeros(SHAPE.rows(), F);
        rows.pack(m.queue, padded, back);
        assertArrayEquals(x, m.values(back));

        // each is the other's gradient: <pad(x), y> = <x, pack(y)>
        double[] y = random(2, PADDED * F);
        rows.pack(m.queue, m.matrix(PADDED, F, y), back);
        assertEquals(dot(expected, y), dot(x, m.values(back)), 1e-12);
        assertThrows(
            IllegalArgumentException.class, () -> rows.pack(m.queue, m.zeros(PADDED, 2), back));
        assertThrows(IllegalArgumentException.class, () -> rows.pad(m.queue, padded, padded));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("io.carousel.TestDevices#available")
  void sequencesWithoutSteps(String device) {
    try (ModelFixture m = new ModelFixture(device);
        PaddedRows rows = new PaddedRows(m.queue, m.pool, PackedShape.of(0, 0))) {
      Matrix none = m.zeros(1, F).rows(0, 0);
      rows.pad(m.queue, none, none);
      assertEquals(0, rows.rows());
    }
  }
}
