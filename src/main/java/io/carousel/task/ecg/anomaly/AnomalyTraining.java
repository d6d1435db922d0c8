package io.carousel.task.ecg.anomaly;

import io.carousel.data.LabelledSequences;
import io.carousel.data.ecg.UcrFile;
import io.carousel.device.Device;
import io.carousel.optim.Adam;
import io.carousel.optim.CosineAnnealing;
import io.carousel.rnn.SequenceAutoencoder;
import io.carousel.task.SettingsWords;
import io.carousel.task.TrainingRun;
import io.carousel.train.EarlyStopping;
import io.carousel.train.Provenance;
import io.carousel.train.SequenceBatches;
import io.carousel.train.TrainerSettings;
import io.carousel.train.TrainingResult;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** {@code carousel train ecg-anomaly}: an autoencoder learns the normal beats of ECG5000. */
public final class AnomalyTraining {
  /** Of the validation beats' errors; above it a beat is abnormal. */
  private static final double THRESHOLD_QUANTILE = 0.95;

  private final AnomalySettings settings;
  private final Device device;

  /**
   * A run that has not begun.
   *
   * @param settings of model and training
   * @param device where to train
   */
  public AnomalyTraining(AnomalySettings settings, Device device) {
    this.settings = settings;
    this.device = device;
  }

  /**
   * How a run ended.
   *
   * @param training history and why training ended
   * @param evaluation on the held-back rows, null when training was interrupted
   * @param parameters number of weights
   */
  public record Outcome(
      TrainingResult training, @Nullable AnomalyEvaluation evaluation, long parameters) {}

  /**
   * Trains on the folder's TRAIN file, judges, and writes model, metrics and report.
   *
   * @throws IOException when the file is missing or damaged or the run cannot be written
   */
  public Outcome run(Path folder, TrainingRun run) throws IOException {
    UcrFile data = AnomalyData.training(folder);
    NormalSplit split = NormalSplit.of(data, settings.seed());
    SequenceAutoencoder model =
        new SequenceAutoencoder(
            1, settings.hiddenSize(), settings.layers(), device, settings.seed());
    try (model) {
      TrainingResult result = train(model, data, split, run);
      long weights = model.parameters().elementCount();
      if (result.end() == TrainingResult.End.INTERRUPTED) {
        return new Outcome(result, null, weights);
      }
      ErrorDistribution none = ErrorDistribution.standard(data.length());
      ErrorDistribution usual =
          ErrorDistribution.of(
              new AnomalyDetector(model, card(data, 0), none)
                  .differences(rows(data, split.train())));
      AnomalyDetector trained = new AnomalyDetector(model, card(data, 0), usual);
      double[] errors = trained.errors(rows(data, split.validation()));
      Arrays.sort(errors);
      double threshold = errors[(int) Math.floor(THRESHOLD_QUANTILE * (errors.length - 1))];
      AnomalyDetector detector = new AnomalyDetector(model, card(data, threshold), usual);
      Map<String, String> provenance = provenance(data, split, model);
      detector.save(run.folder().model(), provenance);
      AnomalyEvaluation evaluation = AnomalyEvaluation.of(detector, folder);
      run.write(new AnomalyReport(result, evaluation, detector, provenance).build());
      return new Outcome(result, evaluation, weights);
    }
  }

  private TrainingResult train(
      SequenceAutoencoder model, UcrFile data, NormalSplit split, TrainingRun run)
      throws IOException {
    SequenceBatches train =
        SequenceBatches.shuffled(
            sequences(data, split.train()), settings.batchSize(), settings.seed());
    int batches = run.options().batchesOf(train.size());
    TrainerSettings trainerSettings =
        new TrainerSettings()
            .epochs(settings.epochs())
            .clipNorm(1)
            .schedule(new CosineAnnealing((long) settings.epochs() * batches, 0.02))
            .earlyStopping(EarlyStopping.patience(settings.patience()));
    return run.fit(
        new AutoencoderObjective(model),
        new Adam(model.parameters(), settings.learningRate()),
        trainerSettings,
        settings.describe() + ", data " + data.fingerprint(),
        train,
        SequenceBatches.inOrder(sequences(data, split.validation()), settings.batchSize()));
  }

  private static LabelledSequences sequences(UcrFile data, int[] rows) {
    List<float[]> beats = rows(data, rows);
    return new LabelledSequences(1, beats, true, 1, beats);
  }

  private static List<float[]> rows(UcrFile data, int[] rows) {
    return Arrays.stream(rows).mapToObj(data.series()::get).toList();
  }

  private AnomalyDetector.Card card(UcrFile data, double threshold) {
    return new AnomalyDetector.Card(
        settings.hiddenSize(),
        settings.layers(),
        data.length(),
        threshold,
        settings.seed(),
        data.fingerprint());
  }

  private Map<String, String> provenance(
      UcrFile data, NormalSplit split, SequenceAutoencoder model) {
    Map<String, String> facts = new LinkedHashMap<>();
    facts.put(
        "Data",
        "%s, %d normal beats to learn from, %d to choose by"
            .formatted(data.file().getFileName(), split.train().length, split.validation().length));
    facts.putAll(SettingsWords.capitalised(settings.describe()));
    facts.putAll(Provenance.of(device));
    facts.put("Plan", model.encoder().kernel());
    return facts;
  }
}
