package io.carousel.lab;

import io.carousel.data.BatchPlan;
import io.carousel.device.RandomStream;
import io.carousel.train.BatchSource;

/** Cuts rows into batches, in their own order or in a new one each epoch. */
record RowBatches(Rows rows, int batchSize, boolean shuffled, long seed)
    implements BatchSource<Rows> {
  static RowBatches inOrder(Rows rows, int batchSize) {
    return new RowBatches(rows, batchSize, false, 0);
  }

  static RowBatches shuffled(Rows rows, int batchSize, long seed) {
    return new RowBatches(rows, batchSize, true, seed);
  }

  @Override
  public int size() {
    return (rows.count() + batchSize - 1) / batchSize;
  }

  @Override
  public Rows batch(int epoch, int index) {
    int[] order =
        shuffled
            ? new RandomStream(seed, "shuffle/epoch" + epoch).permutation(rows.count())
            : BatchPlan.inOrder(rows.count());
    return rows.select(BatchPlan.cut(order, batchSize).get(index));
  }

  @Override
  public int samples(Rows batch) {
    return batch.count();
  }
}
