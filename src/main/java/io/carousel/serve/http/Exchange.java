package io.carousel.serve.http;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** One request and its answer. Used by one thread. */
public interface Exchange {
  /** The request's method; {@code GET} for a HEAD request, too, whose body is left out. */
  String method();

  /** The path below the endpoint's own, decoded: empty, or begins with a slash. */
  String path();

  /** The first value of a parameter of the query, decoded; null without it. */
  @Nullable String query(String name);

  /** The first value of a header of the request; null without it. */
  @Nullable String header(String name);

  /**
   * The whole body, empty without one.
   *
   * @throws HttpProblem 413 when it is longer than the server's limit
   */
  byte[] body() throws IOException;

  /** Sets a header of the answer, in place of the one that the server sends by itself. */
  void setHeader(String name, String value);

  /** Sends the whole answer, once. */
  void respond(int status, String contentType, byte[] body) throws IOException;

  /**
   * Begins an answer 200 of server-sent events ({@code text/event-stream}) that goes on until it is
   * closed.
   *
   * @throws HttpProblem 503 when the server has as many open as it may
   */
  EventStream events() throws IOException;
}
