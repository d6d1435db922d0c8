package io.carousel.task.icu;

import io.carousel.data.icu.IcuSet;
import io.carousel.data.icu.IcuStay;
import io.carousel.device.Device;
import io.carousel.optim.AdamW;
import io.carousel.optim.CosineAnnealing;
import io.carousel.task.SettingsWords;
import io.carousel.task.TrainingRun;
import io.carousel.train.BatchSource;
import io.carousel.train.EarlyStopping;
import io.carousel.train.PeakMemory;
import io.carousel.train.Provenance;
import io.carousel.train.SequenceBatches;
import io.carousel.train.TrainerSettings;
import io.carousel.train.TrainingResult;
import java.io.IOException;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * {@code carousel train icu}: an ensemble of GRUs learns to tell from the first 48 hours who dies
 * in hospital.
 *
 * <p>Part of the patients is kept apart to judge the result. The others are divided into as many
 * parts as the ensemble has members; each member learns from all parts but its own, on which it is
 * validated. So early stopping sees every patient, scored by a member that does not know him
 * (cross-validation), and the ensemble in the end has learned from all of them.
 */
public final class IcuMortality {
  private final IcuSettings settings;
  private final IcuSet set;
  private final Device device;
  private final PatientSplit split;

  /**
   * A run that has not begun.
   *
   * @param settings of model and training
   * @param set to learn from
   * @param device where to train
   * @throws IllegalArgumentException when the set has too few patients
   */
  public IcuMortality(IcuSettings settings, IcuSet set, Device device) {
    this.settings = settings;
    this.set = set;
    this.device = device;
    split = PatientSplit.of(set, settings.members(), settings.testFraction(), settings.seed());
  }

  /**
   * How a run ended.
   *
   * @param training history and why training ended
   * @param crossValidated the learning patients, each judged by the member that did not learn from
   *     him; one member alone, so below what the ensemble does. Null when interrupted
   * @param test the held-back patients, judged by the ensemble; null when there are none
   * @param parameters number of weights
   * @param peakMemoryBytes of the process
   */
  public record Outcome(
      TrainingResult training,
      @Nullable IcuEvaluation crossValidated,
      @Nullable IcuEvaluation test,
      long parameters,
      long peakMemoryBytes) {}

  /**
   * Trains, judges, and writes model, metrics and report.
   *
   * @return the outcome; when training was interrupted, nothing but checkpoints was written
   * @throws IllegalArgumentException when the run measures gradient flow and the model decays
   */
  public Outcome run(TrainingRun run) throws IOException {
    if (run.options().flow() && settings.decay()) {
      throw new IllegalArgumentException(
          "with decay the GRUs run one step at a time, into which gradient flow cannot look:"
              + " measure it without decay");
    }
    StayNormalizer normalizer = StayNormalizer.fit(split.learning());
    Set<Integer> learned =
        split.learning().stream().map(IcuStay::recordId).collect(Collectors.toSet());
    MortalityNet net = new MortalityNet(settings.net(), device, settings.seed());
    Map<String, String> provenance = provenance();
    try (MortalityModel model = new MortalityModel(net, normalizer, learned, provenance)) {
      TrainingResult result = train(net, new StayFeatures(normalizer), run);
      if (result.end() == TrainingResult.End.INTERRUPTED) {
        return new Outcome(result, null, null, model.parameterCount(), PeakMemory.bytes());
      }
      IcuEvaluation test = split.test().isEmpty() ? null : IcuEvaluation.of(model, set);
      Outcome outcome =
          new Outcome(
              result, crossValidated(model), test, model.parameterCount(), PeakMemory.bytes());
      model.save(run.folder().model());
      run.write(new IcuReport(outcome, model).report());
      return outcome;
    }
  }

  private TrainingResult train(MortalityNet net, StayFeatures features, TrainingRun run)
      throws IOException {
    IdentityHashMap<IcuStay, float[]> steps =
        new IdentityHashMap<>(); // the same for all members and epochs
    split.learning().forEach(stay -> steps.put(stay, features.of(stay)));
    List<SequenceBatches> training = new ArrayList<>();
    List<SequenceBatches> validation = new ArrayList<>();
    for (int member = 0; member < settings.members(); member++) {
      StayDataset learn =
          new StayDataset(steps::get, split.learning(member), set::died, settings.replication());
      StayDataset watch = new StayDataset(steps::get, split.folds().get(member), set::died, 0);
      long seed = settings.seed() + member;
      training.add(SequenceBatches.shuffled(learn, settings.batchSize(), seed));
      validation.add(SequenceBatches.inOrder(watch, settings.batchSize()));
    }
    BatchSource<List<MemberBatch>> learn = MemberBatch.sources(training);
    int batches = run.options().batchesOf(learn.size());
    TrainerSettings trainerSettings =
        new TrainerSettings()
            .epochs(settings.epochs())
            .clipNorm(1)
            .schedule(new CosineAnnealing((long) settings.epochs() * batches, 0.02))
            .earlyStopping(EarlyStopping.patience(settings.patience()));
    AdamW optimizer = new AdamW(net.parameters(), settings.learningRate());
    optimizer.weightDecay(settings.weightDecay());
    return run.fit(
        new MortalityObjective(net),
        optimizer,
        trainerSettings,
        settings.describe() + ", data " + set.sha256(),
        learn,
        MemberBatch.sources(validation));
  }

  private IcuEvaluation crossValidated(MortalityModel model) {
    List<IcuStay> stays = new ArrayList<>();
    List<Double> risks = new ArrayList<>();
    for (int member = 0; member < settings.members(); member++) {
      stays.addAll(split.folds().get(member));
      for (double risk : model.risksOfMember(member, split.folds().get(member))) {
        risks.add(risk);
      }
    }
    return IcuEvaluation.of(stays, risks.stream().mapToDouble(Double::doubleValue).toArray(), set);
  }

  private Map<String, String> provenance() {
    Map<String, String> facts = new LinkedHashMap<>();
    facts.put("Data", "PhysioNet/CinC Challenge 2012, " + set.source().getFileName());
    facts.put("Data SHA-256", set.sha256());
    facts.putAll(SettingsWords.capitalised(settings.describe()));
    facts.putAll(Provenance.of(device));
    return facts;
  }
}
