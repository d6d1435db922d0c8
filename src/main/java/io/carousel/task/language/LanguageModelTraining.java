package io.carousel.task.language;

import io.carousel.data.Sha256;
import io.carousel.data.text.TextCorpus;
import io.carousel.data.text.Vocabulary;
import io.carousel.device.Device;
import io.carousel.device.RecurrentSpec;
import io.carousel.nn.Initializer;
import io.carousel.optim.Adam;
import io.carousel.optim.Optimizer;
import io.carousel.optim.Sgd;
import io.carousel.rnn.RecurrentLayer;
import io.carousel.rnn.SequenceModel;
import io.carousel.rnn.SequenceModelBuilder;
import io.carousel.task.SettingsWords;
import io.carousel.task.TrainingRun;
import io.carousel.task.language.LanguageModelSettings.Learning;
import io.carousel.task.language.LanguageModelSettings.Network;
import io.carousel.train.EarlyStopping;
import io.carousel.train.PeakMemory;
import io.carousel.train.Provenance;
import io.carousel.train.SequenceObjective;
import io.carousel.train.TokenStreams;
import io.carousel.train.TrainerSettings;
import io.carousel.train.TrainingResult;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** {@code carousel train lm}: a recurrent network learns to tell the next token of a text. */
public final class LanguageModelTraining {
  private final LanguageModelSettings settings;
  private final Device device;
  private final TextCorpus corpus;
  private final Vocabulary vocabulary;

  /**
   * A run that has not begun. The vocabulary is that of the training part, and {@code <unk>} for
   * every other token.
   *
   * @param settings of model and training
   * @param corpus to learn from and to judge by
   * @param device where to train
   */
  public LanguageModelTraining(LanguageModelSettings settings, TextCorpus corpus, Device device) {
    this.settings = settings;
    this.corpus = corpus;
    this.device = device;
    Network network = settings.network();
    vocabulary =
        Vocabulary.of(
            network.unit().tokens(corpus.train()),
            1,
            network.maximumVocabulary(),
            Vocabulary.UNKNOWN);
  }

  /**
   * How a run ended.
   *
   * @param training history and why training ended
   * @param validation how well the validation part is told, read as one text from its start; null
   *     when training was interrupted
   * @param test the same of the test part; null where there is none
   * @param tokens in the vocabulary
   * @param parameters number of weights
   * @param peakMemoryBytes of the process
   */
  public record Outcome(
      TrainingResult training,
      @Nullable TextScore validation,
      @Nullable TextScore test,
      int tokens,
      long parameters,
      long peakMemoryBytes) {
    /**
     * The figure to report: of the test part, or of the validation part where there is none.
     *
     * @throws IllegalStateException when training was interrupted
     */
    public TextScore judged() {
      TextScore score = test == null ? validation : test;
      if (score == null) {
        throw new IllegalStateException("training was interrupted: nothing was judged");
      }
      return score;
    }
  }

  /**
   * Trains, judges, and writes model, metrics and report.
   *
   * @return the outcome; when training was interrupted, nothing but checkpoints was written
   * @throws IllegalArgumentException when the text is too short for the batches
   */
  public Outcome run(TrainingRun run) throws IOException {
    Network network = settings.network();
    try (LanguageModel model = new LanguageModel(build(network), network.unit(), vocabulary)) {
      TrainingResult result = train(model, run);
      boolean interrupted = result.end() == TrainingResult.End.INTERRUPTED;
      String test = corpus.test();
      Outcome outcome =
          new Outcome(
              result,
              interrupted ? null : model.score(corpus.validation()),
              interrupted || test == null ? null : model.score(test),
              vocabulary.size(),
              model.network().parameters().elementCount(),
              PeakMemory.bytes());
      if (outcome.validation() != null) {
        Map<String, String> provenance = provenance(model.network());
        model.save(run.folder().model(), provenance);
        run.write(new LanguageReport(settings, corpus, model, outcome, provenance).build());
      }
      return outcome;
    }
  }

  private SequenceModel build(Network network) {
    SequenceModelBuilder builder =
        SequenceModel.around(stack(network))
            .embedding(vocabulary.size())
            .inputDropout(network.dropout())
            .headDropout(network.dropout());
    builder = network.tied() ? builder.tiedHead() : builder.head(vocabulary.size());
    SequenceModel model = builder.build(device, settings.seed());
    if (network.range() > 0) {
      model.parameters().initialize(Initializer.uniform(-network.range(), network.range()));
    }
    return model;
  }

  private static RecurrentLayer.Builder<?, ?> stack(Network network) {
    int inputs = network.embeddingSize();
    RecurrentSpec spec =
        switch (network.cell()) {
          case RNN -> RecurrentSpec.rnn(inputs, network.hiddenSize());
          case LSTM -> RecurrentSpec.lstm(inputs, network.hiddenSize());
          case GRU -> RecurrentSpec.gru(inputs, network.hiddenSize());
        };
    double between = network.layers() > 1 ? network.dropout() : 0;
    return RecurrentLayer.builder(spec.withNumLayers(network.layers()).withDropout(between));
  }

  private TrainingResult train(LanguageModel model, TrainingRun run) throws IOException {
    Learning learning = settings.learning();
    int streams = learning.batchSize();
    TokenStreams training =
        TokenStreams.training(model.ids(corpus.train()), streams, learning.steps());
    TokenStreams validation =
        TokenStreams.evaluation(model.ids(corpus.validation()), streams, learning.steps());
    int stepsPerEpoch = run.options().batchesOf(training.size());
    SequenceModel network = model.network();
    return run.fit(
        SequenceObjective.crossEntropy(network),
        optimizer(network, learning),
        new TrainerSettings()
            .epochs(learning.epochs())
            .clipNorm(learning.clipOfMean())
            .schedule(learning.decay().schedule(learning.epochs(), stepsPerEpoch))
            .earlyStopping(EarlyStopping.patience(learning.patience())),
        settings.describe() + ", data " + sha256(),
        training,
        validation);
  }

  private static Optimizer optimizer(SequenceModel model, Learning learning) {
    return switch (learning.rule()) {
      case ADAM -> new Adam(model.parameters(), learning.rateOfMean());
      case SGD -> new Sgd(model.parameters(), learning.rateOfMean());
    };
  }

  private Map<String, String> provenance(SequenceModel model) {
    Map<String, String> facts = new LinkedHashMap<>();
    facts.put("Data", corpus.name());
    facts.put("Data SHA-256", sha256());
    facts.putAll(SettingsWords.capitalised(settings.describe()));
    facts.putAll(Provenance.of(device));
    facts.put("Plan", model.recurrent().kernel());
    return facts;
  }

  /** Of the parts one after the other. */
  private String sha256() {
    Sha256 hash = new Sha256().add(corpus.train()).add(corpus.validation());
    return (corpus.test() == null ? hash : hash.add(corpus.test())).hex();
  }
}
