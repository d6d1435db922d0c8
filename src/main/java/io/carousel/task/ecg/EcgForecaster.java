package io.carousel.task.ecg;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.carousel.data.ForecastWindows;
import io.carousel.data.IndexRange;
import io.carousel.data.Normalizer;
import io.carousel.data.SequenceBatch;
import io.carousel.data.Series;
import io.carousel.device.Device;
import io.carousel.io.Description;
import io.carousel.io.ModelFormatException;
import io.carousel.io.SequenceModelFile;
import io.carousel.rnn.SequenceModel;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * A trained model with all that it needs to forecast a lead: normalisation, context, horizon, and
 * the threshold above which a beat is abnormal. Used by one thread at a time.
 */
public final class EcgForecaster implements Forecaster, AutoCloseable {
  /** Windows per batch: their gates are to stay within some tens of megabytes. */
  private static final int WINDOWS = 128;

  private final SequenceModel model;
  private final Card card;

  /**
   * What is saved beside the weights.
   *
   * @param contextLength samples that a forecast looks at
   * @param horizon samples ahead
   * @param samplingRateHz of the training signal
   * @param meanMillivolts of the training signal
   * @param standardDeviationMillivolts of the training signal
   * @param abnormalAboveMillivolts beats with a larger forecast error are abnormal; see {@link
   *     AbnormalBeats}
   */
  public record Card(
      int contextLength,
      int horizon,
      double samplingRateHz,
      double meanMillivolts,
      double standardDeviationMillivolts,
      double abnormalAboveMillivolts) {
    /** Clocks of recorders differ by less. */
    private static final double RATE_TOLERANCE = 0.005;

    /** Checks what a file may say. */
    public Card {
      if (contextLength < 1
          || horizon < 1
          || !(samplingRateHz > 0)
          || !(standardDeviationMillivolts > 0)) {
        throw new IllegalArgumentException(
            "context %d, horizon %d, sampling rate %s and standard deviation %s must be positive"
                .formatted(contextLength, horizon, samplingRateHz, standardDeviationMillivolts));
      }
    }

    /** Whether signals of this rate are those that the model learned to forecast. */
    public boolean acceptsRate(double otherHz) {
      return Math.abs(otherHz - samplingRateHz) <= RATE_TOLERANCE * samplingRateHz;
    }

    Normalizer normalizer() {
      return new Normalizer(
          new double[] {meanMillivolts}, new double[] {standardDeviationMillivolts});
    }

    Card withThreshold(double millivolts) {
      return new Card(
          contextLength,
          horizon,
          samplingRateHz,
          meanMillivolts,
          standardDeviationMillivolts,
          millivolts);
    }
  }

  /** Takes over a model; it is closed with the forecaster. */
  EcgForecaster(SequenceModel model, Card card) {
    this.model = model;
    this.card = card;
  }

  /**
   * Loads a model that {@code carousel train ecg} saved.
   *
   * @throws ModelFormatException when the file is something else
   * @throws IOException when it cannot be read
   */
  public static EcgForecaster load(Path file, Device device) throws IOException {
    Card card =
        Description.read(file, "notes", SequenceModelFile.notes(file), EcgForecaster::readCard);
    return new EcgForecaster(SequenceModelFile.load(file, device), card);
  }

  /**
   * The card among the notes of a model, empty where it was trained for something else.
   *
   * @param name of the model, for messages
   * @throws ModelFormatException when the card of an ECG forecaster is broken
   */
  public static Optional<Card> card(String name, ObjectNode notes) throws ModelFormatException {
    if (!notes.path("task").asText().equals("ecg")) {
      return Optional.empty();
    }
    return Optional.of(Description.read(Path.of(name), "notes", notes, EcgForecaster::readCard));
  }

  private static Card readCard(Description f) throws ModelFormatException {
    String task = f.text("task");
    if (!task.equals("ecg")) {
      throw new IllegalArgumentException("the model was trained for '" + task + "', not for 'ecg'");
    }
    f.json("provenance");
    return new Card(
        f.integer("contextLength"),
        f.integer("horizon"),
        f.number("samplingRateHz"),
        f.number("meanMillivolts"),
        f.number("standardDeviationMillivolts"),
        f.number("abnormalAboveMillivolts"));
  }

  /** Saves model and card. */
  void save(Path file, Map<String, String> provenance) throws IOException {
    ObjectNode notes = JsonNodeFactory.instance.objectNode();
    notes.put("task", "ecg");
    notes.put("contextLength", card.contextLength);
    notes.put("horizon", card.horizon);
    notes.put("samplingRateHz", card.samplingRateHz);
    notes.put("meanMillivolts", card.meanMillivolts);
    notes.put("standardDeviationMillivolts", card.standardDeviationMillivolts);
    notes.put("abnormalAboveMillivolts", card.abnormalAboveMillivolts);
    ObjectNode facts = notes.putObject("provenance");
    provenance.forEach(facts::put);
    SequenceModelFile.save(model, notes, file);
  }

  /** What was saved beside the weights. */
  public Card card() {
    return card;
  }

  /** The model. */
  public SequenceModel model() {
    return model;
  }

  @Override
  public int contextLength() {
    return card.contextLength;
  }

  @Override
  public int horizon() {
    return card.horizon;
  }

  @Override
  public float[] forecast(float[] signal) {
    float[] forecast = new float[signal.length];
    Arrays.fill(forecast, Float.NaN);
    int first = card.contextLength + card.horizon - 1;
    if (signal.length <= first) {
      return forecast;
    }
    Normalizer normalizer = card.normalizer();
    Series series = normalizer.apply(new Series("signal", signal));
    ForecastWindows windows =
        ForecastWindows.ofTargets(
            series, new IndexRange(first, signal.length), card.contextLength, card.horizon, 1);
    for (int from = 0; from < windows.size(); from += WINDOWS) {
      int to = Math.min(from + WINDOWS, windows.size());
      SequenceBatch batch = windows.batch(IntStream.range(from, to).toArray());
      float[] steps = model.predict(batch);
      int lastStep = (card.contextLength - 1) * (to - from);
      float[] last = Arrays.copyOfRange(steps, lastStep, lastStep + to - from);
      System.arraycopy(normalizer.invert(last), 0, forecast, first + from, to - from);
    }
    return forecast;
  }

  @Override
  public void close() {
    model.close();
  }
}
