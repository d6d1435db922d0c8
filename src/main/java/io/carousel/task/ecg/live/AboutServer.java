package io.carousel.task.ecg.live;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.carousel.serve.ServedModel;
import io.carousel.serve.http.Endpoint;
import io.carousel.serve.http.Exchange;
import io.carousel.serve.http.HttpProblem;
import io.carousel.task.ecg.EcgForecaster;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;

/** What the page tells about the server: software, device, models, records, limits. */
final class AboutServer implements Endpoint {
  private final byte[] answer;

  AboutServer(
      String software,
      String device,
      Map<String, ServedModel> models,
      Map<String, Forecasters.Forecaster> forecasters,
      RecordShelf shelf) {
    ObjectNode about = JsonNodeFactory.instance.objectNode();
    about.put("software", software).put("device", device);
    ArrayNode list = about.putArray("models");
    models.forEach(
        (name, model) -> {
          ObjectNode json = ModelWords.of(name, model.spec()).json();
          Forecasters.Forecaster forecaster = forecasters.get(name);
          if (forecaster != null) {
            json.set("ecg", describe(forecaster.card()));
          }
          list.add(json);
        });
    about.putArray("records").add(shelf.bundled().json());
    ObjectNode limits = about.putObject("limits");
    limits.put("uploadBytes", RecordUpload.MOST_BYTES);
    limits.put("samples", RecordUpload.MOST_SAMPLES).put("records", RecordShelf.UPLOADS);
    answer = about.toString().getBytes(StandardCharsets.UTF_8);
  }

  private static ObjectNode describe(EcgForecaster.Card card) {
    long ahead = Math.round(1000 * card.horizon() / card.samplingRateHz());
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("horizon", card.horizon()).put("aheadMilliseconds", ahead);
    json.put("samplingRateHz", card.samplingRateHz());
    json.put("abnormalAboveMillivolts", card.abnormalAboveMillivolts());
    json.put(
        "explanation",
        String.format(
            Locale.ROOT,
            "The record runs through the model as if it came from a patient now. Each point of the"
                + " forecast was made %d ms before, from what had come until then. A beat whose"
                + " forecast is off by more than %.2f mV, within 150 ms around it, is marked as"
                + " abnormal. The model learned without labels; this is no diagnosis.",
            ahead,
            card.abnormalAboveMillivolts()));
    return json;
  }

  @Override
  public void handle(Exchange exchange) throws IOException {
    if (!exchange.method().equals("GET")) {
      throw new HttpProblem(405, "what the server is, is asked for with GET");
    }
    exchange.respond(200, "application/json", answer);
  }
}
