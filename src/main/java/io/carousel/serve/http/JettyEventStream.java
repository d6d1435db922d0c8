package io.carousel.serve.http;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Server-sent events through Jetty. */
final class JettyEventStream implements EventStream {
  private static final Logger LOG = LoggerFactory.getLogger(JettyEventStream.class);
  private static final String COMMENT = ":\n\n";
  private static final String STOPPING = "{\"reason\":\"the server is stopping\"}";

  private final Response response;
  private final Callback callback;
  private final Admission admission;
  private boolean broken;
  private boolean closed;

  /** A stream of which nothing has been sent. */
  JettyEventStream(Response response, Callback callback, Admission admission) {
    this.response = response;
    this.callback = callback;
    this.admission = admission;
  }

  @Override
  public void send(String event, String data) throws IOException {
    requireServing();
    write(text(event, data));
  }

  @Override
  public void end(String event, String data) throws IOException {
    write(text(event, data));
    finish();
  }

  private static String text(String event, String data) {
    if (event.isEmpty() || event.matches("(?s).*[\r\n].*")) {
      throw new IllegalArgumentException("the type of an event is one line");
    }
    StringBuilder text = new StringBuilder("event: ").append(event).append('\n');
    for (String line : data.split("\r\n|\r|\n", -1)) {
      text.append("data: ").append(line).append('\n');
    }
    return text.append('\n').toString();
  }

  @Override
  public void heartbeat() throws IOException {
    requireServing();
    write(COMMENT);
  }

  private void requireServing() throws IOException {
    if (admission.isDraining()) {
      throw new StreamEndedException("the server is stopping");
    }
  }

  private void write(String text) throws IOException {
    if (broken || closed) {
      throw new StreamEndedException("the event stream has ended");
    }
    try {
      Content.Sink.write(response, false, ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
    } catch (IOException | RuntimeException e) {
      broken = true;
      throw new StreamEndedException(e);
    }
  }

  @Override
  public boolean isOpen() {
    return !broken && !closed && !admission.isDraining();
  }

  /** Sends the headers of the answer, and nothing that a client sees. */
  void begin() throws IOException {
    write(COMMENT);
  }

  @Override
  public void close() {
    if (!closed && !broken && admission.isDraining()) {
      try {
        end("closed", STOPPING);
      } catch (IOException e) {
        LOG.debug("the client of a stream was gone when the server stopped", e);
      }
    }
    finish();
  }

  private void finish() {
    if (!closed) {
      closed = true;
      if (broken) {
        callback.failed(new IOException("the client is gone"));
      } else {
        response.write(true, ByteBuffer.allocate(0), callback);
      }
    }
  }

  /** Cuts the answer off, unless it has ended. */
  void abort(Throwable why) {
    if (!closed) {
      closed = true;
      callback.failed(why);
    }
  }
}
