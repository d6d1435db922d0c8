package io.carousel.data;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;

/**
 * Which examples go into which batch of an epoch.
 *
 * <p>Randomness stays with the caller, who gives the order of the examples: a random permutation
 * for shuffling. The last batch may be smaller; no example is dropped or repeated.
 */
public final class BatchPlan {
  private BatchPlan() {}

  /** The numbers 0 to {@code size} − 1 in their order. */
  public static int[] inOrder(int size) {
    return IntStream.range(0, size).toArray();
  }

  /**
   * Cuts {@code order} into batches of {@code batchSize}.
   *
   * @param order numbers of examples, none twice
   * @throws IllegalArgumentException when a number is negative or occurs twice, or batchSize &lt; 1
   */
  public static List<int[]> cut(int[] order, int batchSize) {
    requireDistinct(order);
    if (batchSize < 1) {
      throw new IllegalArgumentException("batchSize must be positive, got " + batchSize);
    }
    List<int[]> batches = new ArrayList<>();
    for (int from = 0; from < order.length; from += batchSize) {
      batches.add(
          Arrays.copyOfRange(order, from, (int) Math.min((long) from + batchSize, order.length)));
    }
    return batches;
  }

  /**
   * Batches of examples of similar length, to waste few steps on padding.
   *
   * <p>The order is cut into pools of {@code poolBatches} batches; a pool is sorted by length,
   * stably, and cut; its batches then come in the order of their earliest examples, so that short
   * ones do not always come first. One pool batch is the same as {@link #cut}.
   *
   * @param order numbers of examples, none twice
   * @param lengthOf the length of an example
   * @throws IllegalArgumentException as {@link #cut}, or when poolBatches &lt; 1
   */
  public static List<int[]> byLength(
      int[] order, IntUnaryOperator lengthOf, int batchSize, int poolBatches) {
    if (poolBatches < 1) {
      throw new IllegalArgumentException("poolBatches must be positive, got " + poolBatches);
    }
    int poolSize = (int) Math.min((long) batchSize * poolBatches, Integer.MAX_VALUE);
    List<int[]> batches = new ArrayList<>();
    for (int[] pool : cut(order, poolSize)) {
      // positions in the pool, so that a batch knows how early its examples come
      int[] sorted =
          IntStream.range(0, pool.length)
              .boxed()
              .sorted(Comparator.comparingInt(i -> lengthOf.applyAsInt(pool[i])))
              .mapToInt(Integer::intValue)
              .toArray();
      List<int[]> cut = cut(sorted, batchSize);
      cut.sort(Comparator.comparingInt(batch -> Arrays.stream(batch).min().orElseThrow()));
      for (int[] batch : cut) {
        batches.add(Arrays.stream(batch).map(i -> pool[i]).toArray());
      }
    }
    return batches;
  }

  private static void requireDistinct(int[] order) {
    int[] sorted = order.clone();
    Arrays.sort(sorted);
    for (int i = 0; i < sorted.length; i++) {
      if (sorted[i] < 0 || (i > 0 && sorted[i] == sorted[i - 1])) {
        throw new IllegalArgumentException(
            "example " + sorted[i] + (sorted[i] < 0 ? " does not exist" : " is ordered twice"));
      }
    }
  }
}
