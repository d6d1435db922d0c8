package io.carousel.train;

import io.carousel.data.BatchPlan;
import io.carousel.data.SequencePairBatch;
import io.carousel.data.SequencePairs;
import io.carousel.device.RandomStream;
import java.util.List;

/**
 * Cuts pairs of sequences into batches of similar length (bucketing), in a new random order each
 * epoch or, sorted by length throughout, in the same one.
 */
public final class PairBatches implements BatchSource<SequencePairBatch> {
  /** Batches that are sorted by length together: enough to be even, few enough to stay random. */
  private static final int POOL = 50;

  private final SequencePairs pairs;
  private final int batchSize;
  private final boolean shuffled;
  private final long seed;
  private int orderEpoch = -1;
  private List<int[]> batches = List.of();

  private PairBatches(SequencePairs pairs, int batchSize, boolean shuffled, long seed) {
    if (batchSize < 1) {
      throw new IllegalArgumentException("batch size must be positive, got " + batchSize);
    }
    if (pairs.size() < 1) {
      throw new IllegalArgumentException("there are no pairs");
    }
    this.pairs = pairs;
    this.batchSize = batchSize;
    this.shuffled = shuffled;
    this.seed = seed;
  }

  /** In a new order each epoch, which depends on seed and epoch only. */
  public static PairBatches shuffled(SequencePairs pairs, int batchSize, long seed) {
    return new PairBatches(pairs, batchSize, true, seed);
  }

  /** In the same order always, for evaluation. */
  public static PairBatches fixed(SequencePairs pairs, int batchSize) {
    return new PairBatches(pairs, batchSize, false, 0);
  }

  @Override
  public int size() {
    return (pairs.size() + batchSize - 1) / batchSize;
  }

  @Override
  public SequencePairBatch batch(int epoch, int index) {
    if (orderEpoch != epoch) {
      batches =
          shuffled
              ? BatchPlan.byLength(order(epoch), this::length, batchSize, POOL)
              : BatchPlan.byLength(
                  BatchPlan.inOrder(pairs.size()), this::length, batchSize, size());
      orderEpoch = epoch;
    }
    return pairs.batch(batches.get(index));
  }

  private int[] order(int epoch) {
    return new RandomStream(seed, "shuffle/epoch" + epoch).permutation(pairs.size());
  }

  /** By source, and among sources of one length by target. */
  private int length(int pair) {
    return Math.min(pairs.sourceLength(pair), 0x7fff) << 16
        | Math.min(pairs.targetLength(pair), 0xffff);
  }

  @Override
  public int samples(SequencePairBatch batch) {
    return batch.size();
  }
}
