package io.carousel.cli;

import io.carousel.task.icu.IcuSettings;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Options that say what the model of mortality is and how it learns. */
final class IcuArguments {
  private static final IcuSettings STANDARD = IcuSettings.DEFAULT;

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
      description = "Stays per step and member (default: ${DEFAULT-VALUE}).")
  private int batchSize = STANDARD.batchSize();

  @Option(
      names = "--learning-rate",
      paramLabel = "X",
      description = "Of AdamW, at the start of its cosine (default: ${DEFAULT-VALUE}).")
  private double learningRate = STANDARD.learningRate();

  @Option(
      names = "--weight-decay",
      paramLabel = "X",
      description = "Of AdamW (default: ${DEFAULT-VALUE}).")
  private double weightDecay = STANDARD.weightDecay();

  @Option(
      names = "--hidden",
      paramLabel = "N",
      description = "GRU units of a member (default: ${DEFAULT-VALUE}).")
  private int hidden = STANDARD.hiddenSize();

  @Option(
      names = "--members",
      paramLabel = "N",
      description =
          "GRUs in the ensemble, each without one Nth of the patients, on which it is validated"
              + " (default: ${DEFAULT-VALUE}).")
  private int members = STANDARD.members();

  @Option(
      names = "--decay",
      description = "Let values and states decay between measurements, in the manner of GRU-D.")
  private boolean decay = STANDARD.decay();

  @Option(
      names = "--input-dropout",
      paramLabel = "X",
      description = "Of features, in [0, 1) (default: ${DEFAULT-VALUE}).")
  private double inputDropout = STANDARD.inputDropout();

  @Option(
      names = "--output-dropout",
      paramLabel = "X",
      description = "Of states before the output, in [0, 1) (default: ${DEFAULT-VALUE}).")
  private double outputDropout = STANDARD.outputDropout();

  @Option(
      names = "--replication",
      paramLabel = "X",
      description =
          "Weight of the loss of all hours, the last one's is 1 - X (default: ${DEFAULT-VALUE}).")
  private double replication = STANDARD.replication();

  @Option(
      names = "--test",
      paramLabel = "X",
      description =
          "Fraction of the patients held back to judge the model, 0 to learn from all (default:"
              + " ${DEFAULT-VALUE}).")
  private double testFraction = STANDARD.testFraction();

  @Option(
      names = "--seed",
      paramLabel = "N",
      description =
          "Of split, weights, shuffling and dropout; fixes every bit (default: ${DEFAULT-VALUE}).")
  private long seed = STANDARD.seed();

  /** The settings; a number that cannot be is a wrong argument. */
  IcuSettings settings() {
    try {
      return new IcuSettings(
          hidden,
          members,
          decay,
          inputDropout,
          outputDropout,
          replication,
          epochs,
          batchSize,
          learningRate,
          weightDecay,
          patience,
          testFraction,
          seed);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
    }
  }
}
