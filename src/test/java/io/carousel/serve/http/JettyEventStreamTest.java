package io.carousel.serve.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.junit.jupiter.api.Test;

/** A request is completed once, however its events end. */
class JettyEventStreamTest {
  private static final String CLOSED =
      "event: closed\ndata: {\"reason\":\"the server is stopping\"}\n\n";

  private final List<String> completions = new ArrayList<>();
  private final Callback callback =
      Callback.from(() -> completions.add("ended"), failure -> completions.add("cut off"));

  private final StringBuilder sent = new StringBuilder();

  /** A client that takes everything at once. */
  private final Response response =
      (Response)
          Proxy.newProxyInstance(
              Response.class.getClassLoader(),
              new Class<?>[] {Response.class},
              (proxy, method, arguments) -> {
                if (!method.getName().equals("write")) {
                  throw new UnsupportedOperationException(method.getName());
                }
                sent.append(StandardCharsets.UTF_8.decode((ByteBuffer) arguments[1]));
                ((Callback) arguments[2]).succeeded();
                return null;
              });

  private final Admission admission = new Admission(HttpLimits.DEFAULT);
  private final JettyEventStream stream = new JettyEventStream(response, callback, admission);

  @Test
  void whatHasEndedIsNotCutOff() {
    stream.close();
    stream.abort(new IOException("too late"));
    stream.close();
    assertEquals(List.of("ended"), completions);
  }

  @Test
  void whatIsCutOffDoesNotEnd() {
    stream.abort(new IOException("the model failed"));
    stream.close();
    stream.abort(new IOException("again"));
    assertEquals(List.of("cut off"), completions);
  }

  /** However it comes to its end: who sends does not have to look whether the server stops. */
  @Test
  void theStopOfTheServerIsToldAtTheEnd() throws IOException {
    stream.begin();
    stream.send("one", "1");
    admission.drain();
    assertThrows(StreamEndedException.class, () -> stream.send("two", "2"));
    stream.close();
    stream.close();
    assertEquals(":\n\nevent: one\ndata: 1\n\n" + CLOSED, sent.toString());
    assertEquals(List.of("ended"), completions);
  }

  @Test
  void soItIsWhereTheServerStopsBeforeTheFirstEvent() throws IOException {
    admission.drain();
    stream.begin();
    stream.close();
    assertEquals(":\n\n" + CLOSED, sent.toString());
    assertEquals(List.of("ended"), completions);
  }

  @Test
  void aLastEventIsSentWhileTheServerStops() throws IOException {
    admission.drain();
    assertFalse(stream.isOpen());
    assertThrows(StreamEndedException.class, () -> stream.send("one", "1"));
    assertThrows(StreamEndedException.class, stream::heartbeat);
    assertEquals("", sent.toString());
    stream.end("last", "2");
    assertEquals("event: last\ndata: 2\n\n", sent.toString());
    assertEquals(List.of("ended"), completions);
    assertThrows(StreamEndedException.class, () -> stream.end("more", "3"));
    stream.close();
    assertEquals("event: last\ndata: 2\n\n", sent.toString());
  }
}
