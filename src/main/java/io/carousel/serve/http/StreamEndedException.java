package io.carousel.serve.http;

import java.io.IOException;

/** The client of an event stream is gone, or the server stops: there is nobody to tell more. */
final class StreamEndedException extends IOException {
  private static final long serialVersionUID = 1;

  StreamEndedException(String message) {
    super(message);
  }

  StreamEndedException(Throwable cause) {
    super("the client is gone", cause);
  }
}
