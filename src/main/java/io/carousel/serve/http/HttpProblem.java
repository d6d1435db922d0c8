package io.carousel.serve.http;

import java.util.HashMap;
import java.util.Map;

/** What a client did wrong, or why it is not served now: a status and one line. */
public final class HttpProblem extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final int status;
  private final String line;
  private final transient Map<String, String> headers = new HashMap<>();

  /**
   * A problem.
   *
   * @param status 400..599
   * @param message one line that says what to do; the client sees it
   */
  public HttpProblem(int status, String message) {
    super(message, null, false, false);
    if (status < 400 || status > 599) {
      throw new IllegalArgumentException("status " + status + " is no problem");
    }
    this.status = status;
    this.line = message;
  }

  /** Adds the advice to ask again after that time. */
  public HttpProblem retryAfter(int seconds) {
    return with("Retry-After", Integer.toString(seconds));
  }

  /** Adds a header to the answer. */
  HttpProblem with(String header, String value) {
    headers.put(header, value);
    return this;
  }

  /** The status of the answer. */
  public int status() {
    return status;
  }

  /** The message. */
  String line() {
    return line;
  }

  /** Headers that the answer carries beside the usual ones. */
  Map<String, String> headers() {
    return headers;
  }
}
