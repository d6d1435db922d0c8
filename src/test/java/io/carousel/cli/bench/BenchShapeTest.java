package io.carousel.cli.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carousel.device.PackedShape;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BenchShapeTest {
  @Test
  void keysComeInAnyOrderAndLayersMayBeLeftOut() {
    BenchShape expected = new BenchShape(100, 64, 32, 16, 2);
    assertEquals(expected, BenchShape.parse("T=100,B=64,I=32,H=16,layers=2"));
    assertEquals(expected, BenchShape.parse("layers=2, H=16, I=32, B=64, T=100"));
    assertEquals(
        new BenchShape(1, 2, 3, 2147483647, 1), BenchShape.parse("T=1,B=2,I=3,H=2147483647"));
  }

  @Test
  void raggedLengthsFallFromTToAQuarterOfIt() {
    BenchShape dense = BenchShape.parse("T=100,B=4,I=1,H=1,lengths=dense");
    assertEquals(new BenchShape(100, 4, 1, 1, 1), dense);
    assertEquals(PackedShape.dense(100, 4), dense.packed());
    BenchShape ragged = BenchShape.parse("T=100,lengths=ragged,B=4,I=1,H=1");
    assertEquals(PackedShape.of(100, 75, 50, 25), ragged.packed());
    assertEquals( // 10, 7.5, 5, 2.5
        PackedShape.of(10, 8, 5, 3), BenchShape.parse("T=10,B=4,I=1,H=1,lengths=ragged").packed());
    assertEquals(PackedShape.of(3, 1), BenchShape.parse("T=3,B=2,I=1,H=1,lengths=ragged").packed());
    assertEquals(PackedShape.of(1), BenchShape.parse("T=1,B=1,I=1,H=1,lengths=ragged").packed());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'' | '' is not KEY=NUMBER",
        "T=1,B=1,I=1 | H is missing",
        "T=1,B=1,I=1,H=1,X=1 | unknown key 'X'",
        "t=1,B=1,I=1,H=1 | unknown key 't'",
        "T=1,T=1,B=1,I=1,H=1 | T is given twice",
        "T=1,B=1,I=1,H=1,layers=0 | layers is 0, outside",
        "T=1,B=1,I=1,H=-1 | H is '-1', not a positive whole number",
        "T=1,B=1,I=1,H=1.5 | H is '1.5', not a positive whole number",
        "T=1,B=1,I=1,H= | H is '', not a positive whole number",
        "T=1,B=1,I=1,H=2147483648 | H is 2147483648, outside",
        "T=1,B=1,I=1,H=99999999999999999999999 | H is 99999999999999999999999, outside",
        "T=1,B=1,I=1,H=1, | '' is not KEY=NUMBER",
        "T=1,B=1,I=1,H=1,lengths=long | lengths is 'long', not dense or ragged",
        "T=1,B=1,I=1,H=1,lengths=dense,lengths=dense | lengths is given twice",
        "T=1=2,B=1,I=1,H=1 | 'T=1=2' is not KEY=NUMBER",
      })
  void everythingElseIsRefusedByName(String text, String problem) {
    String message =
        assertThrows(IllegalArgumentException.class, () -> BenchShape.parse(text)).getMessage();
    assertTrue(message.contains(problem), message);
    assertTrue(message.contains("expected T=100,B=64,I=512,H=512,layers=1"), message);
  }
}
