package io.carousel.device;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carousel.data.BatchFirst;
import io.carousel.rnn.Packing;
import org.junit.jupiter.api.Test;

class PackedShapeTest {
  private final PackedShape ragged = PackedShape.of(2, 0, 3, 2);

  @Test
  void sortsLongestFirstStably() {
    assertArrayEquals(new int[] {2, 0, 3, 1}, ragged.order());
    assertArrayEquals(new int[] {1, 3, 0, 2}, ragged.inverseOrder());
    assertEquals(3, ragged.steps());
    assertEquals(7, ragged.rows());
    assertEquals(3, ragged.stepRows(0));
    assertEquals(1, ragged.stepRows(2));
    assertEquals(6, ragged.stepOffset(2));
    assertEquals(4, ragged.packedRow(1, 0));
    assertEquals(-1, ragged.packedRow(2, 0));
    assertFalse(ragged.isSorted());
    assertTrue(PackedShape.of(3, 2, 2, 0).isSorted());
    assertArrayEquals(new int[] {2, 0, 3, 2, 0, 3, 2, 0, 0, 0, 1, 1, 1, 2}, ragged.rowIds());
  }

  @Test
  void packsAndPads() {
    float[] padded = {0, 1, 2, 3, 10, -1, 12, 13, -1, -1, 22, -1};
    float[] packed = Packing.pack(ragged, 1, padded);
    assertArrayEquals(new float[] {2, 0, 3, 12, 10, 13, 22}, packed);
    float[] restored = Packing.pad(ragged, 1, packed);
    assertArrayEquals(new float[] {0, 0, 2, 3, 10, 0, 12, 13, 0, 0, 22, 0}, restored);
    PackedShape dense = PackedShape.dense(3, 4);
    assertEquals(padded, Packing.pack(dense, 1, padded));
  }

  @Test
  void turnsBatchFirstRound() {
    float[] batchFirst = {1, 2, 3, 4, 5, 6, 11, 12, 13, 14, 15, 16}; // [N=2, T=3, F=2]
    float[] timeMajor = BatchFirst.toTimeMajor(2, 3, 2, batchFirst);
    assertArrayEquals(new float[] {1, 2, 11, 12, 3, 4, 13, 14, 5, 6, 15, 16}, timeMajor);
    assertArrayEquals(batchFirst, BatchFirst.fromTimeMajor(3, 2, 2, timeMajor));
    Exception refused =
        assertThrows(
            IllegalArgumentException.class, () -> BatchFirst.toTimeMajor(2, 3, 3, batchFirst));
    assertTrue(
        refused.getMessage().contains("[batch=2, time=3, features=3]"), refused.getMessage());
  }

  @Test
  void refusesWhatIsNoBatch() {
    assertThrows(IllegalArgumentException.class, PackedShape::of);
    assertThrows(IllegalArgumentException.class, () -> PackedShape.of(1, -1));
    Exception refused =
        assertThrows(IllegalArgumentException.class, () -> PackedShape.padded(3, 2, 4));
    assertTrue(refused.getMessage().contains("length 4 of sequence 1"), refused.getMessage());
    assertEquals(PackedShape.of(2, 3), PackedShape.padded(3, 2, 3));
  }
}
