package io.carousel.serve.http;

import java.io.IOException;

/** Server-sent events to one client, as the HTML standard defines them. */
public interface EventStream extends AutoCloseable {
  /**
   * Sends an event; waits while the client is slow.
   *
   * @param event its type, one line
   * @param data any text
   * @throws IOException when the client is gone, takes nothing for too long, or the server stops
   */
  void send(String event, String data) throws IOException;

  /**
   * Sends a last event, also while the server stops, and ends the answer.
   *
   * @throws IOException when the client is gone or takes nothing for too long, or the answer has
   *     ended before
   */
  void end(String event, String data) throws IOException;

  /**
   * Sends nothing that a client sees, which finds out whether it is still there and keeps what lies
   * between from closing a silent connection. Due every 15 seconds without an event.
   *
   * @throws IOException as {@link #send}
   */
  void heartbeat() throws IOException;

  /** Whether there is a point in going on: the client was there and the server does not stop. */
  boolean isOpen();

  /**
   * Ends the answer, while the server stops with an event {@code closed} that says so; the second
   * time it does nothing.
   */
  @Override
  void close();
}
