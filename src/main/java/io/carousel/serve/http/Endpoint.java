package io.carousel.serve.http;

import java.io.IOException;

/** Answers the requests at and below a path of an {@link InferenceServer}. */
@FunctionalInterface
public interface Endpoint {
  /**
   * Answers one request by {@link Exchange#respond} or {@link Exchange#events}. Runs on a thread of
   * the server and may block; several may run at once.
   *
   * @throws HttpProblem for what the client shall be told
   * @throws IOException when the client is gone; nothing more is sent then
   */
  void handle(Exchange exchange) throws IOException;
}
