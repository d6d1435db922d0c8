package io.carousel.task.sentiment;

import io.carousel.data.SequenceBatch;
import io.carousel.device.RandomStream;
import io.carousel.train.BatchSource;

/**
 * Takes words of training batches for unknown ones at random, so that no single word decides and
 * the vector of the unknown word learns. What is dropped depends on seed, epoch and batch only.
 */
final class WordDropout implements BatchSource<SequenceBatch> {
  private final BatchSource<SequenceBatch> source;
  private final double rate;
  private final int unknown;
  private final long seed;

  WordDropout(BatchSource<SequenceBatch> source, double rate, int unknown, long seed) {
    this.source = source;
    this.rate = rate;
    this.unknown = unknown;
    this.seed = seed;
  }

  @Override
  public int size() {
    return source.size();
  }

  @Override
  public SequenceBatch batch(int epoch, int index) {
    SequenceBatch batch = source.batch(epoch, index);
    if (rate == 0) {
      return batch;
    }
    RandomStream random =
        new RandomStream(seed, "word-dropout/epoch%d/batch%d".formatted(epoch, index));
    int[] ids = batch.ids().clone();
    for (int i = 0; i < ids.length; i++) {
      if (random.nextDouble() < rate) {
        ids[i] = unknown;
      }
    }
    return new SequenceBatch(
        batch.shape(), 0, batch.features(), ids, batch.targets(), batch.carry());
  }

  @Override
  public int samples(SequenceBatch batch) {
    return source.samples(batch);
  }
}
