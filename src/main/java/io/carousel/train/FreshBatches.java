package io.carousel.train;

import io.carousel.data.SequenceBatch;
import io.carousel.data.SequenceDataset;

/**
 * Batches of examples that were never seen before: each epoch goes on in the data where the one
 * before ended. For data that is made as it is asked for and has no end to speak of.
 */
public final class FreshBatches implements BatchSource<SequenceBatch> {
  private final SequenceDataset dataset;
  private final int batchSize;
  private final int batchesPerEpoch;

  /**
   * Batches of a data set, in its order.
   *
   * @param dataset large enough for all epochs
   * @param batchSize examples per batch
   * @param batchesPerEpoch how many batches are called an epoch
   */
  public FreshBatches(SequenceDataset dataset, int batchSize, int batchesPerEpoch) {
    if (batchSize < 1 || batchesPerEpoch < 1) {
      throw new IllegalArgumentException(
          "batch size and batches per epoch must be positive, got %d and %d"
              .formatted(batchSize, batchesPerEpoch));
    }
    this.dataset = dataset;
    this.batchSize = batchSize;
    this.batchesPerEpoch = batchesPerEpoch;
  }

  @Override
  public int size() {
    return batchesPerEpoch;
  }

  @Override
  public SequenceBatch batch(int epoch, int index) {
    int start =
        Math.multiplyExact(Math.multiplyExact(epoch - 1, batchesPerEpoch) + index, batchSize);
    if (start + batchSize > dataset.size()) {
      throw new IllegalStateException(
          "the data's %d examples are used up in epoch %d".formatted(dataset.size(), epoch));
    }
    int[] examples = new int[batchSize];
    for (int i = 0; i < batchSize; i++) {
      examples[i] = start + i;
    }
    return dataset.batch(examples);
  }

  @Override
  public int samples(SequenceBatch batch) {
    return batch.shape().batchSize();
  }
}
