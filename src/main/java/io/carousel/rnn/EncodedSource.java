package io.carousel.rnn;

/** What an encoder made of N sources: the state that a decoder starts from. */
public final class EncodedSource implements AutoCloseable {
  private final RecurrentState start;

  EncodedSource(RecurrentState start) {
    this.start = start;
  }

  /** N. */
  public int batchSize() {
    return start.batchSize();
  }

  /** The decoder's first state. */
  public RecurrentState start() {
    return start;
  }

  /** Source i of the result is source {@code rows[i]} of this; the caller closes it. */
  public EncodedSource gather(EncoderDecoder model, int... rows) {
    return new EncodedSource(start.gather(model.queue(), rows));
  }

  @Override
  public void close() {
    start.close();
  }
}
