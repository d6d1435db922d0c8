package io.carousel.train;

import io.carousel.data.SequenceBatch;
import io.carousel.device.PackedShape;

/**
 * One long text as batches for truncated back-propagation through time: cut into N streams of equal
 * length that are read side by side, T tokens at a time, each batch going on with the states in
 * which the one before ended. Of each token the next one is to be told. States start from zeros
 * with the epoch.
 */
public final class TokenStreams implements BatchSource<SequenceBatch> {
  private final int[] ids;
  private final int streams;
  private final int steps;
  private final int streamLength;
  private final int size;
  private final boolean everyToken;

  private TokenStreams(int[] ids, int streams, int steps, boolean everyToken) {
    if (streams < 1 || steps < 1) {
      throw new IllegalArgumentException(
          "streams %d and steps %d must be positive".formatted(streams, steps));
    }
    this.ids = ids;
    this.streams = streams;
    this.steps = steps;
    this.everyToken = everyToken;
    int inputs = ids.length - 1; // the last token has no next one
    streamLength = everyToken ? (inputs + streams - 1) / streams : inputs / streams;
    size = everyToken ? (streamLength + steps - 1) / steps : streamLength / steps;
    if (inputs < streams || size < 1) {
      throw new IllegalArgumentException(
          "%d tokens are too few for %d streams of %d steps: make batches smaller"
              .formatted(ids.length, streams, steps));
    }
  }

  /**
   * To learn from: all batches are [T, N], and the few tokens that fill none are left out.
   *
   * @param ids the text, left as it is
   * @param streams N
   * @param steps T, through which gradients flow
   * @throws IllegalArgumentException when the text does not fill one batch
   */
  public static TokenStreams training(int[] ids, int streams, int steps) {
    return new TokenStreams(ids, streams, steps, false);
  }

  /** To judge by: every token but the first is told exactly once; the last batches are ragged. */
  public static TokenStreams evaluation(int[] ids, int streams, int steps) {
    return new TokenStreams(ids, streams, steps, true);
  }

  @Override
  public int size() {
    return size;
  }

  @Override
  public SequenceBatch batch(int epoch, int index) {
    int from = index * steps;
    int width = Math.min(steps, streamLength - from);
    int[] lengths = new int[streams];
    int[] inputs = new int[width * streams];
    int[] next = new int[width * streams];
    for (int n = 0; n < streams; n++) {
      int start = n * streamLength + from;
      int end = Math.min((n + 1) * streamLength, ids.length - 1);
      lengths[n] = Math.max(0, Math.min(width, end - start));
      for (int t = 0; t < lengths[n]; t++) {
        inputs[t * streams + n] = ids[start + t];
        next[t * streams + n] = ids[start + t + 1];
      }
    }
    PackedShape shape =
        everyToken ? PackedShape.padded(width, lengths) : PackedShape.dense(width, streams);
    return SequenceBatch.ofIds(shape, inputs)
        .withLabels(true, next)
        .withCarry(index == 0 ? SequenceBatch.Carry.START : SequenceBatch.Carry.CONTINUE);
  }

  /** Tokens, so that speed is in tokens per second. */
  @Override
  public int samples(SequenceBatch batch) {
    return batch.shape().rows();
  }
}
