package io.carousel.serve.http;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.junit.jupiter.api.Test;

/** A request is completed once, however its events end. */
class JettyEventStreamTest {
  private final List<String> completions = new ArrayList<>();
  private final Callback callback =
      Callback.from(() -> completions.add("ended"), failure -> completions.add("cut off"));

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
                ((Callback) arguments[2]).succeeded();
                return null;
              });

  private final JettyEventStream stream =
      new JettyEventStream(response, callback, new Admission(HttpLimits.DEFAULT));

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
}
