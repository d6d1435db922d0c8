package io.carousel.task.translation;

import io.carousel.data.text.SentencePairs;
import io.carousel.device.Device;
import io.carousel.io.AtomicFile;
import io.carousel.optim.Adam;
import io.carousel.optim.CosineAnnealing;
import io.carousel.rnn.EncoderDecoder;
import io.carousel.rnn.EncoderDecoderSpec;
import io.carousel.task.SettingsWords;
import io.carousel.task.TrainingRun;
import io.carousel.train.EarlyStopping;
import io.carousel.train.EncoderDecoderObjective;
import io.carousel.train.PairBatches;
import io.carousel.train.PeakMemory;
import io.carousel.train.Provenance;
import io.carousel.train.TrainerSettings;
import io.carousel.train.TrainingResult;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * {@code carousel train translate}: an encoder and a decoder learn pairs of sentences, another set
 * of pairs decides when to stop, a third one judges.
 */
public final class Translation {
  private final TranslationSettings settings;
  private final TranslationData data;
  private final Device device;

  /**
   * A run that has not begun.
   *
   * @param settings of model and training
   * @param data sentences and translations
   * @param device where to train
   */
  public Translation(TranslationSettings settings, TranslationData data, Device device) {
    this.settings = settings;
    this.data = data;
    this.device = device;
  }

  /**
   * How a run ended.
   *
   * @param training history and why training ended
   * @param test how well the held-back test sentences are translated; null when training was
   *     interrupted
   * @param sourceVocabulary number of tokens
   * @param targetVocabulary number of tokens
   * @param parameters number of weights
   * @param peakMemoryBytes of the process
   */
  public record Outcome(
      TrainingResult training,
      @Nullable TranslationEvaluation test,
      int sourceVocabulary,
      int targetVocabulary,
      long parameters,
      long peakMemoryBytes) {}

  /**
   * Trains, judges, and writes model, metrics and report; for made-up data also the test pairs,
   * into {@code data/} of the run's folder.
   *
   * @return the outcome; when training was interrupted, nothing but checkpoints was written
   */
  public Outcome run(TrainingRun run) throws IOException {
    TranslationText text = data.text(settings.reverseSource(), settings.minimumCount());
    EncoderDecoderSpec spec =
        new EncoderDecoderSpec(
            settings.cell(),
            text.sources().size(),
            text.targets().size(),
            settings.embeddingSize(),
            settings.hiddenSize(),
            settings.layers(),
            settings.bidirectional(),
            settings.attention(),
            settings.dropout());
    try (Translator translator =
        new Translator(new EncoderDecoder(spec, device, settings.seed()), text)) {
      TrainingResult result = train(translator, run);
      if (result.end() == TrainingResult.End.INTERRUPTED) {
        return outcome(translator, result, null);
      }
      TranslationEvaluation test =
          TranslationEvaluation.of(
              translator,
              data.test(),
              settings.beam(),
              TranslationData.bleuTokenizer(data.targetUnit()));
      Outcome outcome = outcome(translator, result, test);
      Map<String, String> provenance = provenance(translator);
      translator.save(run.folder().model(), provenance);
      run.write(new TranslationReport(data, translator, outcome, test, provenance).build());
      return outcome;
    }
  }

  private static Outcome outcome(
      Translator translator, TrainingResult result, @Nullable TranslationEvaluation test) {
    return new Outcome(
        result,
        test,
        translator.text().sources().size(),
        translator.text().targets().size(),
        translator.model().parameters().elementCount(),
        PeakMemory.bytes());
  }

  private TrainingResult train(Translator translator, TrainingRun run) throws IOException {
    PairBatches train =
        PairBatches.shuffled(translator.pairs(data.train()), settings.batchSize(), settings.seed());
    PairBatches validation =
        PairBatches.fixed(translator.pairs(data.validation()), settings.batchSize());
    int batches = run.options().batchesOf(train.size());
    TrainerSettings trainerSettings =
        new TrainerSettings()
            .epochs(settings.epochs())
            .clipNorm(1)
            .schedule(new CosineAnnealing((long) settings.epochs() * batches, 0.02))
            .earlyStopping(EarlyStopping.patience(settings.patience()));
    return run.fit(
        new EncoderDecoderObjective(translator.model(), settings.labelSmoothing()),
        new Adam(translator.model().parameters(), settings.learningRate()),
        trainerSettings,
        settings.describe() + ", data " + data.sha256(),
        train,
        validation);
  }

  private Map<String, String> provenance(Translator translator) {
    Map<String, String> facts = new LinkedHashMap<>();
    facts.put("Data", data.name());
    facts.put("Training pairs", Integer.toString(data.train().size()));
    facts.put("Data SHA-256", data.sha256());
    facts.putAll(SettingsWords.capitalised(settings.describe()));
    facts.putAll(Provenance.of(device));
    facts.put("Plan", translator.model().decoder().kernel());
    return facts;
  }

  /**
   * Writes the test pairs of made-up data as a corpus that {@code eval translate} reads.
   *
   * @param folder new or there; gets {@code test.SOURCE} and {@code test.TARGET}
   */
  public static void writeTest(TranslationData data, Path folder) throws IOException {
    Files.createDirectories(folder);
    SentencePairs test = data.test();
    write(folder.resolve("test." + data.sourceLanguage()), test.source());
    write(folder.resolve("test." + data.targetLanguage()), test.target());
  }

  private static void write(Path file, List<String> lines) throws IOException {
    byte[] bytes = (String.join("\n", lines) + "\n").getBytes(StandardCharsets.UTF_8);
    AtomicFile.write(file, out -> out.write(bytes));
  }
}
