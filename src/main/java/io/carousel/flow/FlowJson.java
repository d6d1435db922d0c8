package io.carousel.flow;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.carousel.device.Cell;
import java.util.ArrayList;
import java.util.List;

/** Measurements as the field {@code flow} of a line of {@code metrics.jsonl}; null is NaN. */
public final class FlowJson {
  private FlowJson() {}

  /** The JSON of a measurement: what was measured, and what follows from it. */
  public static ObjectNode write(GradientFlow.Measurement measurement) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("batches", measurement.batches());
    ArrayNode runs = json.putArray("runs");
    for (RunFlow run : measurement.runs()) {
      ObjectNode fields = runs.addObject();
      fields.put("name", run.name());
      fields.put("cell", run.cell().name());
      fields.put("verdict", run.verdict().name());
      number(fields, "halfLifeSteps", run.halfLifeSteps());
      number(fields, "growthPerStep", run.growthPerStep());
      number(fields, "largestSingularValue", run.largestSingularValue());
      number(fields, "saturated", run.saturated());
      number(fields, "dead", run.dead());
      fields.put("lagStep", run.lagStep());
      ArrayNode norms = fields.putArray("normByLag");
      for (double norm : run.norms()) {
        if (Double.isFinite(norm)) {
          norms.add(norm);
        } else {
          norms.addNull();
        }
      }
    }
    return json;
  }

  private static void number(ObjectNode fields, String name, double value) {
    if (Double.isFinite(value)) {
      fields.put(name, value);
    } else {
      fields.putNull(name);
    }
  }

  /** The measurement of an epoch again. */
  public static GradientFlow.Measurement read(int epoch, JsonNode json) {
    List<RunFlow> runs = new ArrayList<>();
    for (JsonNode run : json.path("runs")) {
      JsonNode norms = run.path("normByLag");
      double[] byLag = new double[norms.size()];
      for (int i = 0; i < byLag.length; i++) {
        byLag[i] = norms.get(i).asDouble(Double.NaN);
      }
      runs.add(
          new RunFlow(
              run.path("name").asText(),
              Cell.valueOf(run.path("cell").asText()),
              byLag,
              run.path("lagStep").asInt(1),
              run.path("saturated").asDouble(Double.NaN),
              run.path("dead").asDouble(Double.NaN),
              run.path("largestSingularValue").asDouble(Double.NaN)));
    }
    return new GradientFlow.Measurement(epoch, json.path("batches").asInt(), runs);
  }
}
