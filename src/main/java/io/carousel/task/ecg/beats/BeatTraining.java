package io.carousel.task.ecg.beats;

import io.carousel.device.Device;
import io.carousel.optim.AdamW;
import io.carousel.optim.CosineAnnealing;
import io.carousel.optim.Optimizer;
import io.carousel.task.SettingsWords;
import io.carousel.task.TrainingRun;
import io.carousel.train.EarlyStopping;
import io.carousel.train.Provenance;
import io.carousel.train.TrainerSettings;
import io.carousel.train.TrainingResult;
import io.carousel.train.metrics.ConfusionMatrix;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * {@code carousel train ecg-beats}: an ensemble learns the classes of heartbeats. Each member
 * leaves some records out; on these it is validated, so that every record is judged by a member
 * that has not learned from it, and all of them together decide when training ends.
 */
public final class BeatTraining {
  private static final BeatSequences.Disturbance DISTURBANCE =
      new BeatSequences.Disturbance(0.3, 0.2, 0.25);

  private final BeatClassifierSettings settings;
  private final Device device;

  /**
   * A run that has not begun.
   *
   * @param settings of model and training
   * @param device where to train
   */
  public BeatTraining(BeatClassifierSettings settings, Device device) {
    this.settings = settings;
    this.device = device;
  }

  /**
   * How a run ended.
   *
   * @param training history and why training ended
   * @param leftOut the records as judged by the member that has not learned from them; empty when
   *     training was interrupted
   * @param parameters number of weights
   */
  public record Outcome(TrainingResult training, BeatEvaluation leftOut, long parameters) {}

  /**
   * Trains on a folder's records, and writes model, metrics and report.
   *
   * @param folder with WFDB records and reference annotations
   * @param records names of those to take; none for DS1
   * @throws IOException when a record is missing or damaged or the run cannot be written
   */
  public Outcome run(Path folder, Collection<String> records, TrainingRun run) throws IOException {
    BeatFolder data = new BeatFolder(folder);
    List<String> names = data.training(records);
    Map<String, BeatSequences.Labelled> beats = new LinkedHashMap<>();
    Map<String, List<BeatSequences.Labelled>> simulated = new LinkedHashMap<>();
    for (String name : names) {
      BeatRecord record = data.record(name);
      beats.put(name, LabelledBeats.of(record));
      simulated.put(name, LabelledBeats.simulated(record, settings.simulated(), settings.seed()));
    }
    List<List<String>> leftOut = BeatFolder.leftOut(names, settings.members());
    BeatClassifierSettings actual = settings.withMembers(leftOut.size());
    try (BeatEnsemble ensemble = new BeatEnsemble(actual, device)) {
      TrainingResult result = train(ensemble, beats, simulated, leftOut, run);
      BeatEvaluation evaluation = new BeatEvaluation();
      long weights = ensemble.parameters().elementCount();
      if (result.end() != TrainingResult.End.INTERRUPTED) {
        BeatClassifier.Card card =
            new BeatClassifier.Card(
                leftOut.size(),
                settings.hiddenSize(),
                settings.layers(),
                BeatFeatures.COUNT,
                names);
        Map<String, String> provenance = provenance(folder, names, ensemble);
        new BeatClassifier(ensemble, card).save(run.folder().model(), provenance);
        judge(ensemble, beats, leftOut, evaluation);
        BeatStrip strip = strip(ensemble, data, beats, leftOut, evaluation);
        new BeatReport(result, evaluation, provenance).write(run, strip);
      }
      return new Outcome(result, evaluation, weights);
    }
  }

  private TrainingResult train(
      BeatEnsemble ensemble,
      Map<String, BeatSequences.Labelled> beats,
      Map<String, List<BeatSequences.Labelled>> simulated,
      List<List<String>> leftOut,
      TrainingRun run)
      throws IOException {
    BeatWeights weights = new BeatWeights(settings.balance(), settings.largestWeight());
    List<BeatSequences> learned = new ArrayList<>();
    List<BeatSequences> watched = new ArrayList<>();
    int length = settings.sequenceLength();
    for (int m = 0; m < leftOut.size(); m++) {
      Map<String, BeatSequences.Labelled> kept = new LinkedHashMap<>(beats);
      kept.keySet().removeAll(leftOut.get(m));
      Map<String, BeatSequences.Labelled> out = new LinkedHashMap<>(beats);
      out.keySet().retainAll(leftOut.get(m));
      learned.add(
          BeatSequences.shuffled(
              weights.of(kept, simulated),
              length,
              settings.batchSize(),
              DISTURBANCE,
              settings.seed() + m));
      watched.add(BeatSequences.inOrder(weights.of(out), 8 * length, settings.batchSize()));
    }
    EnsembleObjective.InTurn train = new EnsembleObjective.InTurn(learned, true);
    int members = leftOut.size();
    long steps = (run.options().batchesOf(train.size()) + members - 1L) / members;
    TrainerSettings trainerSettings =
        new TrainerSettings()
            .epochs(settings.epochs())
            .accumulate(members)
            .clipNorm(1)
            .schedule(new CosineAnnealing(settings.epochs() * steps, 0.02))
            .earlyStopping(EarlyStopping.patience(settings.patience()));
    Optimizer optimizer =
        new AdamW(ensemble.parameters(), settings.learningRate())
            .weightDecay(settings.weightDecay());
    return run.fit(
        new EnsembleObjective(ensemble),
        optimizer,
        trainerSettings,
        settings.describe() + ", records " + beats.keySet() + sizes(beats),
        train,
        new EnsembleObjective.InTurn(watched, false));
  }

  private static List<Integer> sizes(Map<String, BeatSequences.Labelled> beats) {
    return beats.values().stream().map(BeatSequences.Labelled::size).toList();
  }

  private static void judge(
      BeatEnsemble ensemble,
      Map<String, BeatSequences.Labelled> beats,
      List<List<String>> leftOut,
      BeatEvaluation evaluation) {
    for (int m = 0; m < leftOut.size(); m++) {
      for (String name : leftOut.get(m)) {
        BeatSequences.Labelled record =
            Objects.requireNonNull(beats.get(name), "a record that was read");
        double[][] probabilities = ensemble.probabilities(m, record.features());
        for (int i = 0; i < probabilities.length; i++) {
          int known = record.classes()[i];
          evaluation.add(
              name,
              known < 0 ? null : BeatClassifier.CLASSES.get(known),
              BeatClassifier.CLASSES.get(BeatEnsemble.argmax(probabilities[i])));
        }
      }
    }
  }

  /** Of the record with the most classes, as judged by the member that left it out. */
  private static BeatStrip strip(
      BeatEnsemble ensemble,
      BeatFolder data,
      Map<String, BeatSequences.Labelled> beats,
      List<List<String>> leftOut,
      BeatEvaluation evaluation)
      throws IOException {
    String richest = leftOut.get(0).get(0);
    int member = 0;
    int most = -1;
    for (int m = 0; m < leftOut.size(); m++) {
      for (String name : leftOut.get(m)) {
        ConfusionMatrix matrix = evaluation.byRecord().get(name);
        int kinds = 0;
        for (int c = 0; matrix != null && c < BeatEnsemble.CLASSES; c++) {
          kinds += (int) Math.min(50, matrix.support(c));
        }
        if (kinds > most) {
          most = kinds;
          richest = name;
          member = m;
        }
      }
    }
    BeatSequences.Labelled labelled = Objects.requireNonNull(beats.get(richest), "a known record");
    double[][] probabilities = ensemble.probabilities(member, labelled.features());
    BeatRecord record = data.record(richest);
    return BeatStrip.richest(record, probabilities);
  }

  private Map<String, String> provenance(Path folder, List<String> names, BeatEnsemble ensemble) {
    Map<String, String> facts = new LinkedHashMap<>();
    facts.put("Data", folder.getFileName() + ", records " + String.join(" ", names));
    facts.putAll(SettingsWords.capitalised(settings.describe()));
    facts.putAll(Provenance.of(device));
    facts.put("Plan", ensemble.members().get(0).recurrent().kernel());
    return facts;
  }
}
