package io.carousel.serve;

/** A pool holds as much as it may: the caller should come back later, or open fewer sessions. */
public final class PoolBusyException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  PoolBusyException(String message) {
    super(message);
  }
}
