package io.carousel.data;

/** Examples that batches are made of, by number. Batches of the same numbers are equal. */
public interface SequenceDataset {
  /** Number of examples. */
  int size();

  /**
   * Makes a batch with targets.
   *
   * @param examples numbers in 0..size-1; sequence n of the batch is example {@code examples[n]}
   */
  SequenceBatch batch(int[] examples);
}
