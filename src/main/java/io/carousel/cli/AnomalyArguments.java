package io.carousel.cli;

import io.carousel.task.ecg.anomaly.AnomalySettings;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Options that say what the autoencoder of heartbeats is and how it learns. */
final class AnomalyArguments {
  private static final AnomalySettings STANDARD = AnomalySettings.DEFAULT;

  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

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
      description = "Beats per step (default: ${DEFAULT-VALUE}).")
  private int batchSize = STANDARD.batchSize();

  @Option(
      names = "--learning-rate",
      paramLabel = "X",
      description = "Of Adam, at the start of its cosine (default: ${DEFAULT-VALUE}).")
  private double learningRate = STANDARD.learningRate();

  @Option(
      names = "--hidden",
      paramLabel = "N",
      description = "LSTM units of encoder and decoder (default: ${DEFAULT-VALUE}).")
  private int hidden = STANDARD.hiddenSize();

  @Option(
      names = "--layers",
      paramLabel = "N",
      description = "LSTM layers of encoder and decoder (default: ${DEFAULT-VALUE}).")
  private int layers = STANDARD.layers();

  @Option(
      names = "--seed",
      paramLabel = "N",
      description =
          "Of the rows held back, weights and shuffling; fixes every bit (default:"
              + " ${DEFAULT-VALUE}).")
  private long seed = STANDARD.seed();

  /** The settings; a number that cannot be is a wrong argument. */
  AnomalySettings settings() {
    try {
      return new AnomalySettings(hidden, layers, epochs, batchSize, learningRate, patience, seed);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
    }
  }
}
