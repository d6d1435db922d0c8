package io.carousel.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.carousel.cli.bench.BenchShape.Lengths;
import io.carousel.cli.bench.Coverage;
import io.carousel.cli.bench.Coverage.Place;
import io.carousel.device.Cell;
import io.carousel.device.Precision;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class BenchGridTest {
  private static Place place(Lengths lengths, int units, int batch) {
    String why = units == 64 ? null : lengths == Lengths.RAGGED ? "ragged" : "H is 128";
    return new Place(Precision.BF16, Cell.GRU, 2, lengths, units, batch, why);
  }

  @Test
  void reasonsAreNumbered() {
    List<Place> places = new ArrayList<>();
    for (Lengths lengths : Lengths.values()) {
      for (int units : new int[] {64, 128}) {
        Coverage.BATCHES.forEach(batch -> places.add(place(lengths, units, batch)));
      }
    }
    StringWriter out = new StringWriter();
    BenchGrid.print(places, new PrintWriter(out, true));
    assertEquals(
        """

        fused plans in BF16: 12 of 24 stacks (I = H, T = 100; dense/ragged; + has one)
        cell  directions    H  B=1  B=8  B=16  B=17  B=64  B=128
        gru            2   64  +/+  +/+   +/+   +/+   +/+    +/+
        gru            2  128  1/2  1/2   1/2   1/2   1/2    1/2
        1: H is 128
        2: ragged
        """,
        out.toString());
    assertEquals(
        "{\"kind\":\"coverage\",\"suite\":\"gpu\",\"precision\":\"bf16\",\"cell\":\"gru\",\"directions\":2,"
            + "\"lengths\":\"ragged\",\"H\":128,\"B\":8,\"fused\":false,\"whyNotFused\":\"ragged\"}",
        BenchGrid.json(place(Lengths.RAGGED, 128, 8)).toString());
  }
}
