package io.carousel.serve.http;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.carousel.data.SequenceBatch;
import io.carousel.rnn.SequenceModelSpec;
import io.carousel.serve.http.Route.Access;
import io.carousel.serve.protocol.AnswerWriter;
import io.carousel.serve.protocol.InferenceRequest;
import io.carousel.serve.protocol.ModelSignature;
import io.carousel.serve.protocol.RequestReader;
import io.carousel.serve.protocol.SequenceInputs;
import io.carousel.serve.protocol.TensorSpec;
import java.io.IOException;

/** The protocol's requests to one model: what it is, whether it is ready, what it says. */
final class ModelRoutes {
  private final ModelTable models;
  private final HttpLimits limits;
  private final AnswerLimit answers;

  ModelRoutes(ModelTable models, HttpLimits limits) {
    this.models = models;
    this.limits = limits;
    answers = new AnswerLimit(limits);
  }

  void addTo(RouteTable routes) {
    routes.add(new Route("GET", "/v2/models", Access.GUARDED, this::list));
    for (String model :
        new String[] {"/v2/models/{model}", "/v2/models/{model}/versions/{version}"}) {
      routes.add(new Route("GET", model, Access.GUARDED, this::metadata));
      routes.add(new Route("GET", model + "/ready", Access.GUARDED, this::ready));
      routes.add(new Route("POST", model + "/infer", Access.GUARDED, Failures.told(this::infer)));
    }
  }

  private void list(RoutedExchange exchange) throws IOException {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    ArrayNode names = json.putArray("models");
    models.all().forEach(model -> names.add(model.name()));
    ServerRoutes.respond(exchange, 200, json);
  }

  private void ready(RoutedExchange exchange) throws IOException {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("name", models.of(exchange).name()).put("ready", true);
    ServerRoutes.respond(exchange, 200, json);
  }

  private void metadata(RoutedExchange exchange) throws IOException {
    ServedName model = models.of(exchange);
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("name", model.name());
    json.putArray("versions").add(model.version());
    json.put("platform", "carousel_safetensors");
    describe(json, model.sequences());
    String whyNot = model.model().whyNotStreaming();
    ObjectNode sessions = json.putObject("parameters").putObject("sessions");
    if (whyNot == null) {
      describe(sessions, model.steps());
    } else {
      sessions.put("none", whyNot);
    }
    ServerRoutes.respond(exchange, 200, json);
  }

  private static void describe(ObjectNode json, ModelSignature signature) {
    ArrayNode inputs = json.putArray("inputs");
    for (TensorSpec input : signature.inputs()) {
      inputs.add(input.metadata());
    }
    json.putArray("outputs").add(signature.output().metadata());
  }

  private void infer(RoutedExchange exchange) throws IOException {
    ServedName model = models.of(exchange);
    InferenceRequest request = RequestReader.read(exchange.body(), model.sequences());
    int time = request.input().size(1);
    requireSize(model, request.input().size(0), time);
    SequenceBatch batch = SequenceInputs.batch(request, model.model().spec());
    float[] predicted = model.model().predict(batch);
    exchange.respond(
        200,
        Answer.JSON,
        AnswerWriter.write(
            model.name(),
            model.version(),
            request.id(),
            SequenceInputs.output(model.sequences(), batch, time, predicted)));
  }

  /** What a request makes the server hold is bounded before anything is computed. */
  private void requireSize(ServedName model, int batch, int time) {
    long steps = (long) batch * time;
    if (steps > limits.steps()) {
      throw new HttpProblem(
          413,
          "batch x time is %d steps, at most %d are taken: send less at once, or a session's chunks"
              .formatted(steps, limits.steps()));
    }
    SequenceModelSpec spec = model.model().spec();
    answers.require(spec.readout().perStep() ? steps : batch, spec.outputs());
  }
}
