package io.carousel.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

class BatchPlanTest {
  private static int[] permutation(int size, long seed) {
    List<Integer> numbers = new ArrayList<>(IntStream.range(0, size).boxed().toList());
    Collections.shuffle(numbers, new Random(seed));
    return numbers.stream().mapToInt(Integer::intValue).toArray();
  }

  private static int[] joined(List<int[]> batches) {
    return batches.stream().flatMapToInt(Arrays::stream).toArray();
  }

  @Test
  void cutsTheGivenOrder() {
    List<int[]> batches = BatchPlan.cut(new int[] {4, 0, 3, 1, 2}, 2);
    assertEquals(3, batches.size());
    assertArrayEquals(new int[] {4, 0}, batches.get(0));
    assertArrayEquals(new int[] {3, 1}, batches.get(1));
    assertArrayEquals(new int[] {2}, batches.get(2));
    assertEquals(0, BatchPlan.cut(new int[0], 3).size());
    assertArrayEquals(new int[] {0, 1, 2}, BatchPlan.inOrder(3));
    assertEquals(1, BatchPlan.cut(BatchPlan.inOrder(3), Integer.MAX_VALUE).size());
  }

  @Test
  void byLengthUsesEachExampleOnceAndWastesLittle() {
    int[] lengths = new Random(2).ints(1000, 1, 200).toArray();
    int[] order = permutation(1000, 7);
    List<int[]> batches = BatchPlan.byLength(order, i -> lengths[i], 16, 20);
    assertEquals(63, batches.size(), "1000 examples in batches of 16, the last one of 8");
    assertArrayEquals(BatchPlan.inOrder(1000), Arrays.stream(joined(batches)).sorted().toArray());
    assertTrue(padding(batches, lengths) < 0.15, "bucketed: " + padding(batches, lengths));
    assertTrue(padding(BatchPlan.cut(order, 16), lengths) > 0.4);
  }

  /** The share of steps that are padding. */
  private static double padding(List<int[]> batches, int[] lengths) {
    double padded = 0;
    double used = 0;
    for (int[] batch : batches) {
      padded += (double) batch.length * Arrays.stream(batch).map(i -> lengths[i]).max().orElse(0);
      used += Arrays.stream(batch).map(i -> lengths[i]).sum();
    }
    return 1 - used / padded;
  }

  @Test
  void batchesOfAPoolComeInTheCallersOrderNotShortestFirst() {
    int[] lengths = {9, 1, 8, 2};
    List<int[]> batches = BatchPlan.byLength(new int[] {0, 1, 2, 3}, i -> lengths[i], 2, 2);
    assertArrayEquals(new int[] {2, 0}, batches.get(0));
    assertArrayEquals(new int[] {1, 3}, batches.get(1));
  }

  @Test
  void anotherOrderGivesOtherBatchesAndTheSameTheSame() {
    int[] lengths = new Random(2).ints(100, 1, 20).toArray();
    int[] first = joined(BatchPlan.byLength(permutation(100, 1), i -> lengths[i], 8, 4));
    int[] again = joined(BatchPlan.byLength(permutation(100, 1), i -> lengths[i], 8, 4));
    int[] other = joined(BatchPlan.byLength(permutation(100, 2), i -> lengths[i], 8, 4));
    assertArrayEquals(first, again);
    assertNotEquals(Arrays.toString(first), Arrays.toString(other));
  }

  @Test
  void refusesBadOrders() {
    refused(() -> BatchPlan.cut(new int[] {1, 2, 1}, 2), "example 1 is ordered twice");
    refused(() -> BatchPlan.cut(new int[] {1, -2}, 2), "example -2 does not exist");
    refused(() -> BatchPlan.cut(new int[] {1}, 0), "batchSize must be positive, got 0");
    refused(() -> BatchPlan.byLength(new int[] {1}, i -> 1, 1, 0), "poolBatches must be positive");
    refused(() -> BatchPlan.byLength(new int[] {1}, i -> 1, -4, 2), "batchSize must be positive");
  }

  private static void refused(Executable call, String part) {
    Refusal.expect(IllegalArgumentException.class, call, part);
  }
}
