package io.carousel.device;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class GateLayoutTest {
  /**
   * Two rows of three columns per gate: the number says gate, row and column, so that no two are
   * alike.
   */
  private static double[] rows(String gates) {
    double[] rows = new double[gates.length() * 6];
    Arrays.setAll(rows, i -> gates.charAt(i / 6) * 100 + i % 6);
    return rows;
  }

  /** The orders as the frameworks document them; g = j = c, n = h. */
  @ParameterizedTest
  @CsvSource({
    "PYTORCH_LSTM, ifgo, ifgo",
    "TENSORFLOW_LSTM, igfo, ifgo",
    "KERAS_LSTM, ifgo, ifgo",
    "ONNX_LSTM, iofg, ifgo",
    "RNN, h, h",
    "PYTORCH_GRU, rzn, rzn",
    "KERAS_GRU, zrn, rzn",
    "ONNX_GRU, zrn, rzn"
  })
  void blocksOfRowsMoveAsTheyAre(GateLayout layout, String theirs, String ours) {
    assertArrayEquals(rows(ours), layout.toOurs(rows(theirs)));
    assertArrayEquals(rows(theirs), layout.fromOurs(rows(ours)));
    assertEquals(theirs.length(), layout.cell().gates());
  }

  @ParameterizedTest
  @EnumSource(names = "RNN", mode = EnumSource.Mode.EXCLUDE)
  void whatDoesNotDivideIsRefused(GateLayout layout) {
    assertThrows(IllegalArgumentException.class, () -> layout.toOurs(new double[13]));
  }

  @Test
  void theArrayIsNotChanged() {
    double[] rows = rows("iofg");
    GateLayout.ONNX_LSTM.toOurs(rows);
    assertArrayEquals(rows("iofg"), rows);
  }
}
