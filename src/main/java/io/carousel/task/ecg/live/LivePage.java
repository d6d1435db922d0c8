package io.carousel.task.ecg.live;

import io.carousel.io.ModelFormatException;
import io.carousel.serve.ServedModel;
import io.carousel.serve.http.InferenceServer;
import io.carousel.task.ecg.EcgForecaster;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The page at {@code /} of a server: what it serves, with requests to try, and, where a model
 * forecasts an electrocardiogram, a monitor that replays a record through it in real time.
 *
 * <p>The page asks nobody but its server. Its files are given to everybody; what it asks for then,
 * below {@code /live}, wants the server's token.
 */
public final class LivePage {
  private final String software;
  private final String device;
  private final Map<String, ServedModel> models = new LinkedHashMap<>();
  private final Map<String, Forecasters.Forecaster> forecasters = new LinkedHashMap<>();

  /**
   * A page that shows no model yet.
   *
   * @param software name and version of what serves
   * @param device where the models run, in words
   */
  public LivePage(String software, String device) {
    this.software = software;
    this.device = device;
  }

  /**
   * Shows a model.
   *
   * @param name of the model in requests
   * @param model stays open longer than the server
   * @throws ModelFormatException when it says that it forecasts an electrocardiogram, but not how
   */
  public LivePage model(String name, ServedModel model) throws ModelFormatException {
    models.put(name, model);
    if (model.whyNotStreaming() == null) {
      EcgForecaster.card(name, model.notes())
          .ifPresent(card -> forecasters.put(name, new Forecasters.Forecaster(model, card)));
    }
    return this;
  }

  /** Adds the page to a server to be; models shown afterwards are not on it. */
  public void addTo(InferenceServer.Builder server) {
    RecordShelf shelf = new RecordShelf();
    Forecasters known = new Forecasters(Map.copyOf(forecasters));
    server
        .openEndpoint("/", new PageFiles())
        .endpoint("/live/about", new AboutServer(software, device, models, forecasters, shelf))
        .endpoint("/live/records", new RecordUpload(known, shelf))
        .endpoint("/live/stream", new ReplayStream(known, shelf));
  }
}
