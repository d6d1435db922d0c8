package io.carousel.train;

import io.carousel.data.BatchPlan;
import io.carousel.data.SequenceBatch;
import io.carousel.data.SequenceDataset;
import io.carousel.device.RandomStream;
import java.util.List;

/** Cuts a data set into batches, in a new random order each epoch or in the order of the data. */
public final class SequenceBatches implements BatchSource<SequenceBatch> {
  private final SequenceDataset dataset;
  private final int batchSize;
  private final boolean shuffled;
  private final long seed;
  private int orderEpoch = -1;
  private List<int[]> batches = List.of();

  private SequenceBatches(SequenceDataset dataset, int batchSize, boolean shuffled, long seed) {
    if (batchSize < 1) {
      throw new IllegalArgumentException("batch size must be positive, got " + batchSize);
    }
    if (dataset.size() < 1) {
      throw new IllegalArgumentException("the data set is empty");
    }
    this.dataset = dataset;
    this.batchSize = batchSize;
    this.shuffled = shuffled;
    this.seed = seed;
  }

  /**
   * In a new order each epoch, which depends on seed and epoch only. The last batch may be smaller.
   */
  public static SequenceBatches shuffled(SequenceDataset dataset, int batchSize, long seed) {
    return new SequenceBatches(dataset, batchSize, true, seed);
  }

  /** In the order of the data. */
  public static SequenceBatches inOrder(SequenceDataset dataset, int batchSize) {
    return new SequenceBatches(dataset, batchSize, false, 0);
  }

  @Override
  public int size() {
    return (dataset.size() + batchSize - 1) / batchSize;
  }

  @Override
  public SequenceBatch batch(int epoch, int index) {
    if (orderEpoch != epoch) {
      int[] order =
          shuffled
              ? new RandomStream(seed, "shuffle/epoch" + epoch).permutation(dataset.size())
              : BatchPlan.inOrder(dataset.size());
      batches = BatchPlan.cut(order, batchSize);
      orderEpoch = epoch;
    }
    return dataset.batch(batches.get(index));
  }

  @Override
  public int samples(SequenceBatch batch) {
    return batch.shape().batchSize();
  }
}
