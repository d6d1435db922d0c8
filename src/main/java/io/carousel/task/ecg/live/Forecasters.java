package io.carousel.task.ecg.live;

import io.carousel.serve.ServedModel;
import io.carousel.serve.http.HttpProblem;
import io.carousel.task.ecg.EcgForecaster;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The served models that forecast an electrocardiogram, by name. */
record Forecasters(Map<String, Forecaster> byName) {
  /** A served model with what was saved beside its weights. */
  record Forecaster(ServedModel model, EcgForecaster.Card card) {}

  /** The model of this name; refuses a name that is none with status 404. */
  Forecaster require(@Nullable String name) {
    Forecaster forecaster = name == null ? null : byName.get(name);
    if (forecaster == null) {
      throw new HttpProblem(
          404,
          name == null
              ? "say which model: ?model=NAME"
              : "no model of this name forecasts an electrocardiogram here");
    }
    return forecaster;
  }
}
