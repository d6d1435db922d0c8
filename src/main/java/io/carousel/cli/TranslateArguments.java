package io.carousel.cli;

import io.carousel.device.Cell;
import io.carousel.device.Device;
import io.carousel.nn.LuongAttention;
import io.carousel.task.translation.Beam;
import io.carousel.task.translation.TranslationData;
import io.carousel.task.translation.TranslationSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Options that say what is translated, and what the translator is and how it learns. */
final class TranslateArguments {
  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "Folder of train, val and test files, such as Multi30k's task 1.")
  private @Nullable Path data;

  @Option(
      names = "--preset",
      paramLabel = "NAME",
      description =
          "multi30k, multi30k-cpu, numbers or dates; the last two need no --data (default:"
              + " multi30k on a GPU, multi30k-cpu elsewhere).")
  private @Nullable String preset;

  @Option(
      names = "--source",
      paramLabel = "LANG",
      description = "Ending of the source files (default: de).")
  private @Nullable String source;

  @Option(
      names = "--target",
      paramLabel = "LANG",
      description = "Ending of the target files (default: en).")
  private @Nullable String target;

  @Option(
      names = "--plain-text",
      description =
          "Read plain text (train.de) in place of tokenised lower case (train.lc.norm.tok.de).")
  private boolean plainText;

  @Option(
      names = "--train-pairs",
      paramLabel = "N",
      description = "Learn from the first N pairs only (default: all).")
  private @Nullable Integer trainPairs;

  @Option(names = "--cell", paramLabel = "NAME", description = "lstm, gru or rnn.")
  private @Nullable String cell;

  @Option(names = "--embedding", paramLabel = "N", description = "Features of a token.")
  private @Nullable Integer embedding;

  @Option(names = "--hidden", paramLabel = "N", description = "Units of a layer.")
  private @Nullable Integer hidden;

  @Option(names = "--layers", paramLabel = "N", description = "Layers of encoder and decoder each.")
  private @Nullable Integer layers;

  @Option(
      names = "--bidirectional",
      negatable = true,
      description = "Whether the encoder also reads from the end, half of the units each way.")
  private @Nullable Boolean bidirectional;

  @Option(
      names = "--attention",
      paramLabel = "NAME",
      description = "none, dot or general (Luong et al. 2015).")
  private @Nullable String attention;

  @Option(
      names = "--reverse-source",
      negatable = true,
      description = "Whether sources are read from their last token to the first.")
  private @Nullable Boolean reverseSource;

  @Option(
      names = "--dropout",
      paramLabel = "X",
      description = "Of embeddings, between layers, before the output, in [0, 1).")
  private @Nullable Double dropout;

  @Option(names = "--label-smoothing", paramLabel = "X", description = "In training, in [0, 1).")
  private @Nullable Double labelSmoothing;

  @Option(
      names = "--min-count",
      paramLabel = "N",
      description = "Tokens that come less often are unknown.")
  private @Nullable Integer minimumCount;

  @Option(names = "--epochs", paramLabel = "N", description = "Most epochs.")
  private @Nullable Integer epochs;

  @Option(
      names = "--patience",
      paramLabel = "N",
      description = "Epochs without improvement before training ends.")
  private @Nullable Integer patience;

  @Option(names = "--batch-size", paramLabel = "N", description = "Pairs per step.")
  private @Nullable Integer batchSize;

  @Option(
      names = "--learning-rate",
      paramLabel = "X",
      description = "Of Adam, at the start of its cosine.")
  private @Nullable Double learningRate;

  @Option(
      names = "--beam",
      paramLabel = "N",
      description = "Hypotheses of the search, 1 for greedy.")
  private @Nullable Integer beam;

  @Option(
      names = "--length-penalty",
      paramLabel = "X",
      description = "Exponent of Wu et al. 2016, 0 for none.")
  private @Nullable Double lengthPenalty;

  @Option(
      names = "--seed",
      paramLabel = "N",
      description =
          "Of weights, shuffling, dropout and made-up data; fixes every bit (default: 1).")
  private @Nullable Long seed;

  private boolean swapped;

  /** Wrong words and numbers are told before anything is opened. */
  void check() {
    settings("cpu");
    boolean madeUp = "numbers".equals(preset) || "dates".equals(preset);
    if (data == null && !madeUp) {
      throw wrong("--data DIR is missing; only --preset numbers and --preset dates need none");
    }
    if (madeUp && (data != null || plainText)) {
      throw wrong("--preset " + preset + " makes its data up: leave --data and --plain-text out");
    }
    if (trainPairs != null && trainPairs < 1) {
      throw wrong("--train-pairs must be positive, got " + trainPairs);
    }
    if ("numbers".equals(preset)) {
      requireSides("words", "digits");
    } else if ("dates".equals(preset)) {
      requireSides("human", "iso");
    }
  }

  /** Made-up pairs have two sides, of which either is the source. */
  private void requireSides(String first, String second) {
    swapped = second.equals(source) || first.equals(target);
    String from = swapped ? second : first;
    String to = swapped ? first : second;
    if ((source != null && !source.equals(from)) || (target != null && !target.equals(to))) {
      throw wrong(
          "--preset %s translates from %s to %s or back, not from %s to %s"
              .formatted(preset, first, second, or(source, from), or(target, to)));
    }
  }

  /** The sentences. */
  TranslationData data(TranslationSettings settings) throws IOException {
    TranslationData read =
        data == null
            ? "numbers".equals(preset)
                ? TranslationData.numbers(settings.seed())
                : TranslationData.dates(settings.seed())
            : TranslationData.read(
                data, source == null ? "de" : source, target == null ? "en" : target, plainText);
    read = swapped ? read.swapped() : read;
    return trainPairs == null ? read : read.withTrain(trainPairs);
  }

  /** Whether the data is made up. */
  boolean madeUp() {
    return data == null;
  }

  /** The settings: those of the preset, but for what the options say. */
  TranslationSettings settings(Device device) {
    return settings(device.name());
  }

  private TranslationSettings settings(String deviceName) {
    TranslationSettings base = preset(deviceName);
    try {
      return new TranslationSettings(
          cell == null ? base.cell() : cell(cell),
          or(embedding, base.embeddingSize()),
          or(hidden, base.hiddenSize()),
          or(layers, base.layers()),
          or(bidirectional, base.bidirectional()),
          attention == null ? base.attention() : attention(attention),
          or(reverseSource, base.reverseSource()),
          or(dropout, base.dropout()),
          or(labelSmoothing, base.labelSmoothing()),
          or(minimumCount, base.minimumCount()),
          or(epochs, base.epochs()),
          or(batchSize, base.batchSize()),
          or(learningRate, base.learningRate()),
          or(patience, base.patience()),
          new Beam(or(beam, base.beam().width()), or(lengthPenalty, base.beam().lengthPenalty())),
          or(seed, base.seed()));
    } catch (IllegalArgumentException e) {
      throw wrong(String.valueOf(e.getMessage()));
    }
  }

  private static <T> T or(@Nullable T given, T standard) {
    return given == null ? standard : given;
  }

  private TranslationSettings preset(String deviceName) {
    String standard = deviceName.startsWith("cuda") ? "multi30k" : "multi30k-cpu";
    String name = preset == null ? standard : preset;
    return switch (name) {
      case "multi30k" -> TranslationSettings.MULTI30K;
      case "multi30k-cpu" -> TranslationSettings.MULTI30K_CPU;
      case "numbers" -> TranslationSettings.NUMBERS;
      case "dates" -> TranslationSettings.DATES;
      default ->
          throw wrong(
              "unknown preset '" + name + "': choose multi30k, multi30k-cpu, numbers or dates");
    };
  }

  private LuongAttention.@Nullable Score attention(String name) {
    return switch (name) {
      case "none" -> null;
      case "dot" -> LuongAttention.Score.DOT;
      case "general" -> LuongAttention.Score.GENERAL;
      default -> throw wrong("unknown attention '" + name + "': choose none, dot or general");
    };
  }

  private Cell cell(String name) {
    for (Cell known : Cell.values()) {
      if (known.name().toLowerCase(Locale.ROOT).equals(name)) {
        return known;
      }
    }
    throw wrong("unknown cell '" + name + "': choose lstm, gru or rnn");
  }

  private ParameterException wrong(String problem) {
    return new ParameterException(spec.commandLine(), problem);
  }
}
