package io.carousel.serve.http;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.carousel.io.ModelFormatException;
import io.carousel.rnn.SequenceModelSpec;
import io.carousel.serve.SessionPool;
import io.carousel.serve.http.Route.Access;
import io.carousel.serve.protocol.AnswerWriter;
import io.carousel.serve.protocol.InferenceRequest;
import io.carousel.serve.protocol.ProtocolException;
import io.carousel.serve.protocol.RequestReader;
import io.carousel.serve.protocol.SequenceInputs;
import io.carousel.serve.protocol.Tensor;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Carousel's extension of the protocol: streams, whose state the server keeps. */
final class SessionRoutes {
  private final ModelTable models;
  private final AnswerLimit answers;
  private final SessionEvents events = new SessionEvents();

  SessionRoutes(ModelTable models, HttpLimits limits) {
    this.models = models;
    answers = new AnswerLimit(limits);
  }

  void addTo(RouteTable routes) {
    String all = "/v2/models/{model}/sessions";
    String one = all + "/{session}";
    add(routes, "POST", all, this::open);
    add(routes, "POST", all + "/resume", this::resume);
    add(routes, "DELETE", one, this::close);
    add(routes, "POST", one + "/step", this::step);
    add(routes, "GET", one + "/export", this::export);
    add(routes, "GET", one + "/events", this::events);
  }

  private static void add(RouteTable routes, String method, String path, Route.Action action) {
    routes.add(new Route(method, path, Access.GUARDED, Failures.told(action)));
  }

  private void open(RoutedExchange exchange) throws IOException {
    respondId(exchange, models.sessionsOf(exchange).open());
  }

  private void resume(RoutedExchange exchange) throws IOException {
    byte[] state = exchange.body();
    SessionPool sessions = models.sessionsOf(exchange);
    try {
      respondId(exchange, sessions.resume(state));
    } catch (ModelFormatException e) {
      if (hasZero(state)) {
        throw e;
      }
      throw new HttpProblem(
          400,
          e.getMessage()
              + "; bytes are missing as after curl -d, which strips line ends and zeros: send the"
              + " state with --data-binary");
    }
  }

  /** Every state begins with a number whose highest bytes are zero. */
  private static boolean hasZero(byte[] state) {
    for (byte b : state) {
      if (b == 0) {
        return true;
      }
    }
    return false;
  }

  private static void respondId(Exchange exchange, String id) throws IOException {
    ObjectNode json = JsonNodeFactory.instance.objectNode().put("id", id);
    ServerRoutes.respond(exchange, 201, json);
  }

  private void close(RoutedExchange exchange) throws IOException {
    String id = exchange.segment("session");
    models.sessionsOf(exchange).close(id);
    ServerRoutes.respond(exchange, 200, JsonNodeFactory.instance.objectNode().put("id", id));
  }

  private void export(RoutedExchange exchange) throws IOException {
    byte[] state = models.sessionsOf(exchange).export(exchange.segment("session"));
    exchange.respond(200, "application/octet-stream", state);
  }

  private void events(RoutedExchange exchange) throws IOException {
    SessionPool pool = models.sessionsOf(exchange);
    String id = exchange.segment("session");
    if (!pool.isOpen(id)) {
      throw new HttpProblem(404, "there is no session of this name; it may have expired");
    }
    events.stream(models.of(exchange), pool, id, exchange);
  }

  private void step(RoutedExchange exchange) throws IOException {
    ServedName model = models.of(exchange);
    SessionPool pool = models.sessionsOf(exchange);
    String id = exchange.segment("session");
    InferenceRequest request = RequestReader.read(exchange.body(), model.steps());
    Tensor input = request.input();
    SequenceModelSpec spec = model.model().spec();
    List<Integer> shape = List.of(input.size(0), spec.outputs());
    answers.require(input.size(0), spec.outputs());
    Consumer<float[]> listener =
        values -> events.publish(id, Tensor.of(model.steps().output(), shape, values));
    CompletableFuture<float[]> outputs;
    if (spec.vocabulary() > 0) {
      SequenceInputs.requireIds(input, spec.vocabulary());
      outputs = pool.step(id, input.integers(), listener);
    } else {
      outputs = pool.step(id, input.floats(), listener);
    }
    Tensor output = Tensor.of(model.steps().output(), shape, await(outputs));
    exchange.respond(200, Answer.JSON, answer(model, request.id(), output));
  }

  /**
   * What a session said, as JSON.
   *
   * @throws HttpProblem 422 when JSON cannot say it
   */
  static byte[] answer(ServedName model, @Nullable String id, Tensor output) {
    try {
      return AnswerWriter.write(model.name(), model.version(), id, output);
    } catch (ProtocolException e) {
      throw new HttpProblem(
          422,
          e.getMessage()
              + "; the session has taken these steps, and its state may be finite no longer:"
              + " close it");
    }
  }

  private static float[] await(CompletableFuture<float[]> outputs) {
    try {
      return outputs.join();
    } catch (CompletionException e) {
      throw e.getCause() instanceof RuntimeException cause ? cause : e;
    }
  }
}
