package io.carousel.device.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carousel.device.PackedShape;
import java.util.Random;
import org.junit.jupiter.api.Test;

class WorkCutTest {
  private static final long SMALL = 4L * 128 * 192;
  private static final long LARGE = 4L * 1024 * 2048;

  @Test
  void manyRowsOfSmallWeightsAreCutByRows() {
    WorkCut cut = new WorkCut(PackedShape.dense(100, 32), 2, 8, SMALL);
    assertFalse(cut.isByColumns());
    assertEquals(2, cut.rowParts());
    assertEquals(16, cut.firstRow(1));
    assertEquals(32, cut.firstRow(2));
    assertEquals(8, new WorkCut(PackedShape.dense(100, 32), 16, 8, SMALL).rowParts());
    // more threads than rows can feed: two panels would feed even fewer
    assertFalse(new WorkCut(PackedShape.dense(100, 32), 16, 2, SMALL).isByColumns());
  }

  @Test
  void weightsThatNoCacheHoldsAreCutByColumns() {
    WorkCut cut = new WorkCut(PackedShape.dense(100, 64), 2, 32, LARGE);
    assertTrue(cut.isByColumns());
    assertEquals(2, cut.columnParts(64));
    assertFalse(new WorkCut(PackedShape.dense(100, 64), 1, 32, LARGE).isByColumns());
    assertFalse(new WorkCut(PackedShape.dense(100, 64), 2, 1, LARGE).isByColumns());
  }

  @Test
  void aStepThatTakesAMomentIsNotShared() {
    assertFalse(new WorkCut(PackedShape.dense(100, 1), 2, 8, SMALL).isByColumns());
    assertTrue(new WorkCut(PackedShape.dense(1, 1), 2, 32, LARGE).isByColumns());
    // 21 µs are worth five parts of 4 µs, not one for each of 16 threads
    assertEquals(5, new WorkCut(PackedShape.dense(1, 1), 16, 16, 4L * 256 * 512).columnParts(1));
    // among the last steps of a ragged batch
    WorkCut cut = new WorkCut(PackedShape.of(9, 3, 3, 3, 3, 3, 3), 2, 32, 100_000);
    assertTrue(cut.isByColumns());
    assertEquals(2, cut.columnParts(7));
    assertEquals(1, cut.columnParts(1));
  }

  @Test
  void littleWorkIsDoneByTheCaller() {
    WorkCut cut = new WorkCut(PackedShape.dense(2, 8), 2, 1, 4L * 5 * 10);
    assertFalse(cut.isByColumns());
    assertEquals(1, cut.rowParts());
    assertEquals(1, new WorkCut(PackedShape.of(0, 0), 2, 8, LARGE).rowParts());
    assertEquals(1, WorkCut.parts(4, 100, 7_900));
    assertEquals(2, WorkCut.parts(4, 100, 8_000));
    assertEquals(3, WorkCut.parts(4, 3, 1e9));
    assertEquals(1, WorkCut.parts(4, 0, 1e9));
  }

  /** Sorted rows differ in length: what counts is their sum. */
  @Test
  void partsByRowsHaveAboutTheSameWork() {
    Random random = new Random(3);
    for (int i = 0; i < 200; i++) {
      int n = 20 + random.nextInt(60);
      PackedShape shape = PackedShape.of(random.ints(n, 0, 100).toArray());
      WorkCut cut = new WorkCut(shape, 2 + random.nextInt(4), 1, SMALL);
      int rows = 0;
      int longest = shape.length(shape.callerRow(0));
      for (int part = 0; part < cut.rowParts(); part++) {
        long work = 0;
        assertEquals(rows, cut.firstRow(part));
        for (; rows < cut.firstRow(part + 1); rows++) {
          work += shape.length(shape.callerRow(rows));
        }
        assertTrue(Math.abs(work - (double) shape.rows() / cut.rowParts()) <= longest);
      }
      assertEquals(n, rows);
    }
  }

  /** The batches of ThreadInvarianceTest are cut in both ways. */
  @Test
  void bothWaysAreTested() {
    assertFalse(new WorkCut(PackedShape.dense(20, 32), 3, 8, SMALL).isByColumns());
    assertEquals(3, new WorkCut(PackedShape.dense(20, 32), 3, 8, SMALL).rowParts());
    PackedShape ragged = PackedShape.of(3, 9, 0, 5, 9, 9, 1, 2);
    for (int threads : new int[] {2, 3, 5}) {
      assertTrue(new WorkCut(ragged, threads, 19, 4L * 300 * 400).isByColumns());
      assertTrue(new WorkCut(ragged, threads, 19, 4L * 300 * 300).isByColumns());
      assertTrue(new WorkCut(PackedShape.dense(5, 6), threads, 20, 3L * 350 * 350).isByColumns());
      assertTrue(new WorkCut(PackedShape.of(6, 4, 6), threads, 11, 700L * 700).isByColumns());
    }
  }
}
