package io.carousel.serve;

/** A pool has no open session of that name: it was never opened, was closed, or has expired. */
public final class NoSuchSessionException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  NoSuchSessionException(String message) {
    super(message);
  }
}
