package io.carousel.cli;

import io.carousel.data.text.TextUnit;
import io.carousel.device.Cell;
import io.carousel.task.language.Decay;
import io.carousel.task.language.LanguageModelSettings;
import io.carousel.task.language.LanguageModelSettings.Learning;
import io.carousel.task.language.LanguageModelSettings.Network;
import io.carousel.task.language.LanguageModelSettings.Rule;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Options that say what a language model is and how it learns: a preset, and what departs. */
final class LanguageModelArguments {
  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

  @Option(
      names = "--preset",
      paramLabel = "NAME",
      defaultValue = "shakespeare",
      description =
          "shakespeare (characters), ptb-small, ptb-medium (words; Zaremba et al. 2014); what"
              + " follows departs from it (default: ${DEFAULT-VALUE}).")
  private String preset = "shakespeare";

  @Option(names = "--unit", paramLabel = "U", description = "char or word.")
  private @Nullable TextUnit unit;

  @Option(
      names = "--vocabulary",
      paramLabel = "N",
      description = "Only the commonest N tokens, 0 for all.")
  private @Nullable Integer vocabulary;

  @Option(names = "--cell", paramLabel = "CELL", description = "lstm, gru or rnn.")
  private @Nullable Cell cell;

  @Option(names = "--hidden", paramLabel = "N", description = "Units of a layer.")
  private @Nullable Integer hidden;

  @Option(
      names = "--embedding",
      paramLabel = "N",
      description = "Numbers that stand for a token (default: as many as --hidden).")
  private @Nullable Integer embedding;

  @Option(names = "--layers", paramLabel = "N", description = "Recurrent layers.")
  private @Nullable Integer layers;

  @Option(
      names = "--dropout",
      paramLabel = "X",
      description = "Of what flows upwards, not through time; in [0, 1).")
  private @Nullable Double dropout;

  @Option(
      names = "--tied",
      arity = "0",
      description = "The output's weight is the embedding's table.")
  private boolean tied;

  @Option(
      names = "--steps",
      paramLabel = "N",
      description = "Tokens that gradients flow through (truncated BPTT).")
  private @Nullable Integer steps;

  @Option(
      names = "--batch-size",
      paramLabel = "N",
      description = "Streams of the text that are read side by side.")
  private @Nullable Integer batchSize;

  @Option(names = "--epochs", paramLabel = "N", description = "Most epochs.")
  private @Nullable Integer epochs;

  @Option(
      names = "--patience",
      paramLabel = "N",
      description = "Epochs without improvement before training ends.")
  private @Nullable Integer patience;

  @Option(names = "--optimizer", paramLabel = "NAME", description = "adam or sgd.")
  private @Nullable Rule optimizer;

  @Option(names = "--learning-rate", paramLabel = "X", description = "At the start.")
  private @Nullable Double learningRate;

  @Option(
      names = "--decay",
      paramLabel = "D",
      description =
          "Of the learning rate: constant, cosine, or N:X for times X each epoch after epoch N.")
  private @Nullable String decay;

  @Option(names = "--clip", paramLabel = "X", description = "Bound of the gradients' norm.")
  private @Nullable Double clip;

  @Option(
      names = "--seed",
      paramLabel = "N",
      description = "Of weights and dropout; fixes every bit (default: 1).")
  private long seed = 1;

  /** The settings; a number that cannot be is a wrong argument. */
  LanguageModelSettings settings() {
    try {
      LanguageModelSettings base = base();
      return new LanguageModelSettings(network(base.network()), learning(base.learning()), seed);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
    }
  }

  private LanguageModelSettings base() {
    return switch (preset.toLowerCase(Locale.ROOT)) {
      case "shakespeare" -> LanguageModelSettings.SHAKESPEARE;
      case "ptb-small" -> LanguageModelSettings.PTB_SMALL;
      case "ptb-medium" -> LanguageModelSettings.PTB_MEDIUM;
      default ->
          throw new IllegalArgumentException(
              "unknown preset '%s': choose one of shakespeare, ptb-small, ptb-medium"
                  .formatted(preset));
    };
  }

  private Network network(Network base) {
    int units = or(hidden, base.hiddenSize());
    return new Network(
        or(unit, base.unit()),
        or(vocabulary, base.maximumVocabulary()),
        or(cell, base.cell()),
        or(embedding, hidden == null ? base.embeddingSize() : units),
        units,
        or(layers, base.layers()),
        or(dropout, base.dropout()),
        tied || base.tied(),
        base.range());
  }

  private Learning learning(Learning base) {
    return new Learning(
        or(steps, base.steps()),
        or(batchSize, base.batchSize()),
        or(epochs, base.epochs()),
        or(patience, base.patience()),
        or(optimizer, base.rule()),
        or(learningRate, base.learningRate()),
        decay == null ? base.decay() : decay(decay),
        or(clip, base.clipNorm()),
        base.sumOverSteps());
  }

  private static Decay decay(String words) {
    if (words.equals("constant")) {
      return Decay.CONSTANT;
    }
    if (words.equals("cosine")) {
      return Decay.COSINE;
    }
    if (words.matches("\\d{1,6}:\\d*\\.?\\d+")) {
      String[] parts = words.split(":", 2);
      return Decay.afterEpochs(Integer.parseInt(parts[0]), Double.parseDouble(parts[1]));
    }
    throw new IllegalArgumentException(
        "decay '%s' is none of constant, cosine and N:X, such as 4:0.5".formatted(words));
  }

  private static <T> T or(@Nullable T given, T standard) {
    return given == null ? standard : given;
  }
}
