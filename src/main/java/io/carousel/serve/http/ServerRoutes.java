package io.carousel.serve.http;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.carousel.serve.http.Route.Access;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** What is asked of the server as a whole: whether it lives, what it is, what it has done. */
final class ServerRoutes {
  private final Admission admission;
  private final HttpMetrics metrics;

  ServerRoutes(Admission admission, HttpMetrics metrics) {
    this.admission = admission;
    this.metrics = metrics;
  }

  void addTo(RouteTable routes) {
    routes.add(new Route("GET", "/v2/health/live", Access.ALWAYS, this::live));
    routes.add(new Route("GET", "/v2/health/ready", Access.ALWAYS, this::ready));
    routes.add(new Route("GET", "/v2", Access.GUARDED, ServerRoutes::metadata));
    routes.add(new Route("GET", "/metrics", Access.GUARDED, this::metrics));
  }

  private void live(Exchange exchange) throws IOException {
    respond(exchange, 200, JsonNodeFactory.instance.objectNode().put("live", true));
  }

  private void ready(Exchange exchange) throws IOException {
    boolean ready = !admission.isDraining();
    ObjectNode json = JsonNodeFactory.instance.objectNode().put("ready", ready);
    respond(exchange, ready ? 200 : 503, json);
  }

  private static void metadata(Exchange exchange) throws IOException {
    ObjectNode json = JsonNodeFactory.instance.objectNode().put("name", "carousel");
    Package library = ServerRoutes.class.getPackage();
    json.put(
        "version", Optional.ofNullable(library.getImplementationVersion()).orElse("development"));
    json.putArray("extensions").add("sessions");
    respond(exchange, 200, json);
  }

  private void metrics(Exchange exchange) throws IOException {
    exchange.respond(200, HttpMetrics.FORMAT, metrics.text());
  }

  static void respond(Exchange exchange, int status, ObjectNode json) throws IOException {
    exchange.respond(status, Answer.JSON, json.toString().getBytes(StandardCharsets.UTF_8));
  }
}
