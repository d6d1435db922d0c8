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
   * @throws IOException of an {@link EventStream} whose client is gone, which ends the request; any
   *     other is logged and answered with status 500, as all failures are
   */
  void handle(Exchange exchange) throws IOException;
}
