package io.carousel.serve.http;

import io.carousel.serve.SessionPool;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The models of a server by name. */
final class ModelTable {
  private final Map<String, ServedName> models = new LinkedHashMap<>();

  ModelTable(List<ServedName> all) {
    all.forEach(model -> models.put(model.name(), model));
  }

  Collection<ServedName> all() {
    return models.values();
  }

  /**
   * The model that a path names.
   *
   * @throws HttpProblem 404 without one of that name and version
   */
  ServedName of(RoutedExchange exchange) {
    ServedName model = models.get(exchange.segment("model"));
    if (model == null) {
      throw new HttpProblem(
          404, "there is no model of this name; there are " + String.join(", ", models.keySet()));
    }
    String version = exchange.segmentOr("version", model.version());
    if (!version.equals(model.version())) {
      throw new HttpProblem(404, "the model has one version, " + model.version());
    }
    return model;
  }

  /** The streams of the model that a path names. */
  SessionPool sessionsOf(RoutedExchange exchange) {
    ServedName model = of(exchange);
    SessionPool sessions = model.sessions();
    if (sessions == null) {
      throw new HttpProblem(409, "the model has no sessions: " + model.model().whyNotStreaming());
    }
    return sessions;
  }
}
