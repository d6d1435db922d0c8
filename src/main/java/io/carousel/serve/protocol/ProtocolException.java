package io.carousel.serve.protocol;

/** A request that is not as the protocol or the model wants it; the message is for its client. */
public final class ProtocolException extends RuntimeException {
  private static final long serialVersionUID = 1;

  /** One line: where, what was found, what is expected. */
  public ProtocolException(String message) {
    super(message, null, false, false);
  }
}
