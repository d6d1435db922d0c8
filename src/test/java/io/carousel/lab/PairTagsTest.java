package io.carousel.lab;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Objects;
import org.junit.jupiter.api.Test;

class PairTagsTest {
  private static final PairTags TAGS = new PairTags(new int[][] {{0, 1, 1}, {2, 0, 1}});

  @Test
  void aThenBIsTaggedWhereItEnds() {
    float[] tags = Objects.requireNonNull(TAGS.batch(new int[] {0, 1}).targets()).values();
    assertArrayEquals(new float[] {0, 0, 1, 0, 0, 1}, tags); // step by step
    Rows rows = TAGS.positions(4);
    assertArrayEquals(
        new float[] {0, 1, 0, 0, 0, 1}, rows.values()); // row by row, of the steps there are
    assertEquals(12, rows.features());
    assertArrayEquals(new float[] {0, 0, 1, 1, 0, 0, 0, 1, 0, 0, 0, 0}, rows.select(1).inputs());
  }

  @Test
  void pairsComeInBothOrders() {
    PairTags pairs = TAGS.withPair(1);
    assertArrayEquals(new int[][] {{0, 0, 1}, {2, 1, 0}}, pairs.sequences());
    assertEquals(1, pairs.agreement(2, new double[] {3, -1}));
    assertEquals(0.5, pairs.agreement(2, new double[] {3, 1}));
  }
}
