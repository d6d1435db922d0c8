package io.carousel.data;

/**
 * N pairs of sequences on the host: what an encoder reads, and what a decoder reads and shall
 * learn, one label per step. Both have the same N in the same order, and lengths of their own.
 *
 * @param source ids
 * @param target ids, with labels of each step: the decoder's next token
 */
public record SequencePairBatch(SequenceBatch source, SequenceBatch target) {
  /** Checks that these are pairs. */
  public SequencePairBatch {
    if (source.shape().batchSize() != target.shape().batchSize()) {
      throw new IllegalArgumentException(
          "%d sources and %d targets make no pairs"
              .formatted(source.shape().batchSize(), target.shape().batchSize()));
    }
    if (source.featureCount() != 0 || target.featureCount() != 0) {
      throw new IllegalArgumentException("pairs are of ids, not of features");
    }
  }

  /** N. */
  public int size() {
    return source.shape().batchSize();
  }
}
