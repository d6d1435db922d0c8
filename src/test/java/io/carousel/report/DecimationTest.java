package io.carousel.report;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Thinning out keeps what the eye would see. */
class DecimationTest {
  private final Random random = new Random(1);

  @Test
  void keepsShortSeriesWhole() {
    double[] column = random.doubles(100).toArray();

    int[] kept = Decimation.rowsToKeep(List.of(column), 100, 100);

    assertArrayEquals(IntStream.range(0, 100).toArray(), kept);
  }

  @ParameterizedTest
  @ValueSource(ints = {100, 101, 500, 4_000, 9_999})
  void staysWithinTheLimitAndKeepsTheEnds(int atMost) {
    double[] a = random.doubles(10_000).toArray();
    double[] b = random.doubles(10_000).toArray();
    b[77] = Double.NaN;

    int[] kept = Decimation.rowsToKeep(List.of(a, b), 10_000, atMost);

    assertTrue(kept.length <= atMost, () -> kept.length + " rows");
    assertTrue(kept.length > atMost / 3, () -> kept.length + " rows use the limit badly");
    assertEquals(0, kept[0]);
    assertEquals(9_999, kept[kept.length - 1]);
    assertArrayEquals(Arrays.stream(kept).distinct().sorted().toArray(), kept);
  }

  @Test
  void keepsTheExtremesOfEveryInterval() {
    int rows = 108_000;
    double[] quiet = random.doubles(rows, -1e-3, 1e-3).toArray();
    double[] other = random.doubles(rows).toArray();
    List<Integer> spikes = List.of(5, 6, 31_234, 54_001, 107_990);
    spikes.forEach(row -> quiet[row] = row % 2 == 0 ? 3 : -3);

    int[] kept = Decimation.rowsToKeep(List.of(quiet, other), rows, 2_000);

    for (int spike : spikes) {
      assertTrue(Arrays.binarySearch(kept, spike) >= 0, () -> "lost the spike at " + spike);
    }
    for (int from = 0; from + 1_000 <= rows; from += 1_000) {
      assertEquals(max(other, from), maxKept(other, kept, from), 0.03, "maximum after row " + from);
    }
  }

  @Test
  void keepsGapsApart() {
    double[] column = random.doubles(50_000).toArray();
    column[20_000] = Double.NaN;
    Arrays.fill(column, 30_000, 40_000, Double.NaN);

    int[] kept = Decimation.rowsToKeep(List.of(column), 50_000, 1_000);

    assertTrue(Arrays.binarySearch(kept, 20_000) >= 0, "lost a gap of one value");
    assertTrue(
        Arrays.stream(kept).anyMatch(row -> row >= 30_000 && row < 40_000), "lost the long gap");
  }

  @Test
  void refusesMoreSeriesThanPoints() {
    List<double[]> columns = IntStream.range(0, 60).mapToObj(i -> new double[200]).toList();

    assertThrows(IllegalArgumentException.class, () -> Decimation.rowsToKeep(columns, 200, 100));
  }

  private static double max(double[] column, int from) {
    return Arrays.stream(column, from, from + 1_000).max().orElseThrow();
  }

  private static double maxKept(double[] column, int[] kept, int from) {
    return Arrays.stream(kept)
        .filter(row -> row >= from && row < from + 1_000)
        .mapToDouble(row -> column[row])
        .max()
        .orElseThrow();
  }
}
