package io.carousel.cli;

import io.carousel.device.Cell;
import io.carousel.rnn.Readout;
import io.carousel.task.sentiment.SentimentSettings;
import java.util.Locale;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Options that say what the sentiment model is and how it learns. */
final class SentimentArguments {
  private static final SentimentSettings STANDARD = SentimentSettings.DEFAULT;

  /** What can be read of the last step. */
  enum Read {
    /** The state h. */
    h(Readout.LAST_STATE),
    /** The cell state c. */
    c(Readout.LAST_CELL);

    private final Readout readout;

    Read(Readout readout) {
      this.readout = readout;
    }
  }

  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

  @Option(
      names = "--classes",
      paramLabel = "N",
      description = "2 (-/+), 3 (-/0/+) or 5 (default: as many as the data have).")
  private int classes;

  @Option(
      names = "--phrases",
      description = "Learn from every labelled phrase of the official trees, not sentences only.")
  private boolean phrases;

  @Option(
      names = "--min-count",
      paramLabel = "N",
      description = "How often a word must come to be known (default: ${DEFAULT-VALUE}).")
  private int minimumCount = STANDARD.minimumCount();

  @Option(names = "--cell", paramLabel = "NAME", description = "rnn, lstm or gru (default: lstm).")
  private String cell = "lstm";

  @Option(
      names = "--read",
      paramLabel = "h|c",
      description =
          "Which last valid state is judged: h, or an LSTM's cell state c (default:"
              + " ${DEFAULT-VALUE}).")
  private Read read = Read.h;

  @Option(
      names = "--embedding",
      paramLabel = "N",
      description = "Numbers per word (default: ${DEFAULT-VALUE}).")
  private int embedding = STANDARD.embeddingSize();

  @Option(
      names = "--hidden",
      paramLabel = "N",
      description = "Units per direction (default: ${DEFAULT-VALUE}).")
  private int hidden = STANDARD.hiddenSize();

  @Option(
      names = "--layers",
      paramLabel = "N",
      description = "Recurrent layers (default: ${DEFAULT-VALUE}).")
  private int layers = STANDARD.layers();

  @Option(names = "--one-way", description = "Read from the beginning only, not from both ends.")
  private boolean oneWay;

  @Option(
      names = "--word-dropout",
      paramLabel = "X",
      description = "Share of training words taken for unknown (default: ${DEFAULT-VALUE}).")
  private double wordDropout = STANDARD.wordDropout();

  @Option(
      names = "--input-dropout",
      paramLabel = "X",
      description = "Of the words' vectors (default: ${DEFAULT-VALUE}).")
  private double inputDropout = STANDARD.inputDropout();

  @Option(
      names = "--dropout",
      paramLabel = "X",
      description = "Of the state that is read, and between layers (default: ${DEFAULT-VALUE}).")
  private double dropout = STANDARD.dropout();

  @Option(
      names = "--epochs",
      paramLabel = "N",
      description = "Most epochs (default: ${DEFAULT-VALUE}).")
  private int epochs = STANDARD.epochs();

  @Option(
      names = "--patience",
      paramLabel = "N",
      description = "Epochs without improvement before training ends (default: ${DEFAULT-VALUE}).")
  private int patience = STANDARD.patience();

  @Option(
      names = "--batch-size",
      paramLabel = "N",
      description = "Sentences per step (default: ${DEFAULT-VALUE}).")
  private int batchSize = STANDARD.batchSize();

  @Option(
      names = "--learning-rate",
      paramLabel = "X",
      description = "Of AdamW (default: ${DEFAULT-VALUE}).")
  private double learningRate = STANDARD.learningRate();

  @Option(
      names = "--weight-decay",
      paramLabel = "X",
      description = "Of AdamW (default: ${DEFAULT-VALUE}).")
  private double weightDecay = STANDARD.weightDecay();

  @Option(
      names = "--validation",
      paramLabel = "X",
      description =
          "Share of the training sentences that decides when to stop (default: ${DEFAULT-VALUE}).")
  private double validation = STANDARD.validation();

  @Option(
      names = "--seed",
      paramLabel = "N",
      description =
          "Of weights, held-back part, shuffling and dropout; fixes every bit (default:"
              + " ${DEFAULT-VALUE}).")
  private long seed = STANDARD.seed();

  /** The settings; what cannot be is a wrong argument. */
  SentimentSettings settings() {
    try {
      return new SentimentSettings(
          classes,
          phrases,
          minimumCount,
          cell(),
          read.readout,
          embedding,
          hidden,
          layers,
          !oneWay,
          wordDropout,
          inputDropout,
          dropout,
          epochs,
          patience,
          batchSize,
          learningRate,
          weightDecay,
          validation,
          seed);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
    }
  }

  private Cell cell() {
    for (Cell known : Cell.values()) {
      if (known.name().toLowerCase(Locale.ROOT).equals(cell.toLowerCase(Locale.ROOT))) {
        return known;
      }
    }
    throw new IllegalArgumentException("--cell must be rnn, lstm or gru, got '" + cell + "'");
  }
}
