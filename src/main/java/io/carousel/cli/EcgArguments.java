package io.carousel.cli;

import io.carousel.task.ecg.EcgForecastSettings;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Options that say what the ECG forecaster is and how it learns. */
final class EcgArguments {
  private static final EcgForecastSettings STANDARD = EcgForecastSettings.DEFAULT;

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
      description = "Windows per step (default: ${DEFAULT-VALUE}).")
  private int batchSize = STANDARD.batchSize();

  @Option(
      names = "--learning-rate",
      paramLabel = "X",
      description = "Of Adam, at the start of its cosine (default: ${DEFAULT-VALUE}).")
  private double learningRate = STANDARD.learningRate();

  @Option(
      names = "--hidden",
      paramLabel = "N",
      description = "LSTM units (default: ${DEFAULT-VALUE}).")
  private int hidden = STANDARD.hiddenSize();

  @Option(
      names = "--layers",
      paramLabel = "N",
      description = "LSTM layers (default: ${DEFAULT-VALUE}).")
  private int layers = STANDARD.layers();

  @Option(
      names = "--dropout",
      paramLabel = "X",
      description = "Between layers, in [0, 1) (default: ${DEFAULT-VALUE}).")
  private double dropout = STANDARD.dropout();

  @Option(
      names = "--context",
      paramLabel = "N",
      description = "Samples that a forecast looks at (default: ${DEFAULT-VALUE}).")
  private int context = STANDARD.contextLength();

  @Option(
      names = "--stride",
      paramLabel = "N",
      description = "Samples from one training window to the next (default: ${DEFAULT-VALUE}).")
  private int stride = STANDARD.stride();

  @Option(
      names = "--seed",
      paramLabel = "N",
      description =
          "Of weights, shuffling and dropout; fixes every bit (default: ${DEFAULT-VALUE}).")
  private long seed = STANDARD.seed();

  /** The settings; a number that cannot be is a wrong argument. */
  EcgForecastSettings settings() {
    try {
      return new EcgForecastSettings(
          context,
          STANDARD.horizon(),
          atLeastOne("hidden", hidden),
          atLeastOne("layers", layers),
          fraction("dropout", dropout),
          epochs,
          batchSize,
          stride,
          learningRate,
          patience,
          seed);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
    }
  }

  private static int atLeastOne(String name, int value) {
    if (value < 1) {
      throw new IllegalArgumentException(name + " must be positive, got " + value);
    }
    return value;
  }

  private static double fraction(String name, double value) {
    if (!(value >= 0 && value < 1)) {
      throw new IllegalArgumentException(name + " must lie in [0, 1), got " + value);
    }
    return value;
  }
}
