package io.carousel.task.language;

import java.util.Arrays;

/**
 * How well a language model foretells a text.
 *
 * @param nats -ln p of each token but the first, given all before it
 * @param unknown how many of these are not in the vocabulary and were read as {@code <unk>}
 */
@SuppressWarnings("ArrayRecordComponent")
public record TextScore(double[] nats, int unknown) {
  /** Number of tokens that were told. */
  public int tokens() {
    return nats.length;
  }

  /** Mean nats per token: the cross-entropy. */
  public double mean() {
    return Arrays.stream(nats).sum() / nats.length;
  }

  /** e to the mean nats: among how many equally likely tokens the model would be as unsure. */
  public double perplexity() {
    return Math.exp(mean());
  }

  /** Mean bits per token; of characters it is the bits per character of compression. */
  public double bits() {
    return mean() / Math.log(2);
  }
}
