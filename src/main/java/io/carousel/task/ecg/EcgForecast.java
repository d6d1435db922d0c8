package io.carousel.task.ecg;

import io.carousel.data.ForecastWindows;
import io.carousel.data.IndexRange;
import io.carousel.data.Normalizer;
import io.carousel.data.SequenceBatch;
import io.carousel.data.Series;
import io.carousel.data.TimeSplit;
import io.carousel.data.ecg.BundledEcg;
import io.carousel.device.Device;
import io.carousel.optim.Adam;
import io.carousel.optim.CosineAnnealing;
import io.carousel.rnn.Lstm;
import io.carousel.rnn.SequenceModel;
import io.carousel.task.SettingsWords;
import io.carousel.task.TrainingRun;
import io.carousel.train.BatchSource;
import io.carousel.train.EarlyStopping;
import io.carousel.train.PeakMemory;
import io.carousel.train.Provenance;
import io.carousel.train.SequenceBatches;
import io.carousel.train.SequenceObjective;
import io.carousel.train.TrainerSettings;
import io.carousel.train.TrainingResult;
import java.io.IOException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * {@code carousel train ecg}: an LSTM learns the bundled ECG, forecasts its held-back last minute,
 * and marks the beats whose forecast fails. The first three and a half minutes are learned from,
 * the next half minute decides when to stop.
 */
public final class EcgForecast {
  private static final int TEST_SECONDS = 60;
  private static final int VALIDATION_SECONDS = 30;

  private final EcgForecastSettings settings;
  private final Device device;
  private final BundledEcg ecg = BundledEcg.load();
  private final float[] signal = ecg.samplesMillivolts();
  private final TimeSplit split;

  /**
   * A run that has not begun.
   *
   * @param settings of model and training
   * @param device where to train
   */
  public EcgForecast(EcgForecastSettings settings, Device device) {
    this.settings = settings;
    this.device = device;
    int testFrom = signal.length - TEST_SECONDS * ecg.samplingRateHz();
    split =
        TimeSplit.at(signal.length, testFrom - VALIDATION_SECONDS * ecg.samplingRateHz(), testFrom);
  }

  /**
   * How a run ended.
   *
   * @param training history and why training ended
   * @param lstmRmse forecast error of the LSTM on the held-back minute, in mV
   * @param arRmse that of a least-squares AR model of the same context length
   * @param lastValueRmse that of forecasting no change
   * @param testBeats beats found in the held-back minute
   * @param abnormalTestBeats those marked as abnormal
   * @param abnormalTestSeconds when these are in the recording
   * @param abnormalBeats marked in all five minutes
   * @param peakMemoryBytes of the process
   * @param parameters number of weights
   */
  public record Outcome(
      TrainingResult training,
      double lstmRmse,
      double arRmse,
      double lastValueRmse,
      int testBeats,
      int abnormalTestBeats,
      List<Double> abnormalTestSeconds,
      int abnormalBeats,
      long peakMemoryBytes,
      long parameters) {}

  /**
   * Trains, judges, and writes model, metrics and report.
   *
   * @return the outcome; when training was interrupted, nothing but checkpoints was written and the
   *     errors are NaN
   */
  public Outcome run(TrainingRun run) throws IOException {
    Normalizer normalizer = Normalizer.fit(new Series("ecg", signal), split.train());
    EcgForecaster.Card card =
        new EcgForecaster.Card(
            settings.contextLength(),
            settings.horizon(),
            ecg.samplingRateHz(),
            normalizer.means()[0],
            normalizer.standardDeviations()[0],
            Double.MAX_VALUE);
    SequenceModel model =
        SequenceModel.around(
                Lstm.builder(1, settings.hiddenSize())
                    .layers(settings.layers())
                    .dropout(settings.dropout())
                    .forgetBias(1))
            .head(1)
            .build(device, settings.seed());
    try (EcgForecaster forecaster = new EcgForecaster(model, card)) {
      TrainingResult result = train(model, normalizer.apply(new Series("ecg", signal)), run);
      if (result.end() == TrainingResult.End.INTERRUPTED) {
        double nan = Double.NaN;
        return new Outcome(
            result,
            nan,
            nan,
            nan,
            0,
            0,
            List.of(),
            0,
            PeakMemory.bytes(),
            model.parameters().elementCount());
      }
      return judge(forecaster, result, run);
    }
  }

  private TrainingResult train(SequenceModel model, Series normalized, TrainingRun run)
      throws IOException {
    BatchSource<SequenceBatch> training =
        SequenceBatches.shuffled(
            windows(normalized, split.train()), settings.batchSize(), settings.seed());
    BatchSource<SequenceBatch> validation =
        SequenceBatches.inOrder(windows(normalized, split.validation()), settings.batchSize());
    int batches = run.options().batchesOf(training.size());
    TrainerSettings trainerSettings =
        new TrainerSettings()
            .epochs(settings.epochs())
            .clipNorm(1)
            .schedule(new CosineAnnealing((long) settings.epochs() * batches, 0.02))
            .earlyStopping(EarlyStopping.patience(settings.patience()));
    return run.fit(
        SequenceObjective.meanSquaredError(model),
        new Adam(model.parameters(), settings.learningRate()),
        trainerSettings,
        settings.describe() + ", data " + ecg.sha256(),
        training,
        validation);
  }

  private ForecastWindows windows(Series normalized, IndexRange part) {
    return ForecastWindows.everyStep(
        normalized, part, settings.contextLength(), settings.horizon(), settings.stride());
  }

  private Outcome judge(EcgForecaster forecaster, TrainingResult result, TrainingRun run)
      throws IOException {
    IndexRange test = split.test();
    double rate = ecg.samplingRateHz();
    EcgEvaluation lstm = EcgEvaluation.of(forecaster, signal, rate, test);
    float[] learned = Arrays.copyOf(signal, test.from());
    Forecaster ar =
        AutoregressiveBaseline.fit(learned, settings.contextLength(), settings.horizon());
    double arRmse = ForecastError.rmse(signal, ar.forecast(signal), test);
    Forecaster last = new LastValueBaseline(settings.horizon());
    double lastRmse = ForecastError.rmse(signal, last.forecast(signal), test);
    IndexRange all = new IndexRange(0, signal.length);
    Outcome outcome =
        new Outcome(
            result,
            lstm.rmseMillivolts(),
            arRmse,
            lastRmse,
            lstm.count(test, false),
            lstm.count(test, true),
            lstm.abnormalSeconds(test, rate),
            lstm.count(all, true),
            PeakMemory.bytes(),
            forecaster.model().parameters().elementCount());
    Map<String, String> provenance = provenance(forecaster.model());
    EcgForecaster.Card card = forecaster.card().withThreshold(lstm.threshold());
    new EcgForecaster(forecaster.model(), card).save(run.folder().model(), provenance);
    run.write(new EcgReport(outcome, lstm, test, card, forecaster.model(), provenance).build());
    return outcome;
  }

  private Map<String, String> provenance(SequenceModel model) {
    Map<String, String> facts = new LinkedHashMap<>();
    facts.put("Data", ecg.source());
    facts.put("Data SHA-256", ecg.sha256());
    facts.putAll(SettingsWords.capitalised(settings.describe()));
    facts.putAll(Provenance.of(device));
    facts.put("Plan", model.recurrent().kernel());
    return facts;
  }
}
