package io.carousel.cli;

import io.carousel.task.ecg.beats.BeatClassifierSettings;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Options that say what the classifier of heartbeats is and how it learns. */
final class EcgBeatsArguments {
  private static final BeatClassifierSettings STANDARD = BeatClassifierSettings.DEFAULT;

  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

  @Option(
      names = "--members",
      paramLabel = "N",
      description =
          "Models of the ensemble, each validated on records of its own (default:"
              + " ${DEFAULT-VALUE}).")
  private int members = STANDARD.members();

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
      description = "Sequences per step and member (default: ${DEFAULT-VALUE}).")
  private int batchSize = STANDARD.batchSize();

  @Option(
      names = "--sequence",
      paramLabel = "N",
      description = "Successive beats in a sequence (default: ${DEFAULT-VALUE}).")
  private int sequenceLength = STANDARD.sequenceLength();

  @Option(
      names = "--learning-rate",
      paramLabel = "X",
      description = "Of AdamW, at the start of its cosine (default: ${DEFAULT-VALUE}).")
  private double learningRate = STANDARD.learningRate();

  @Option(
      names = "--hidden",
      paramLabel = "N",
      description = "LSTM units of each direction (default: ${DEFAULT-VALUE}).")
  private int hidden = STANDARD.hiddenSize();

  @Option(
      names = "--layers",
      paramLabel = "N",
      description = "LSTM layers (default: ${DEFAULT-VALUE}).")
  private int layers = STANDARD.layers();

  @Option(
      names = "--dropout",
      paramLabel = "X",
      description = "Of the states before the head, in [0, 1) (default: ${DEFAULT-VALUE}).")
  private double dropout = STANDARD.dropout();

  @Option(
      names = "--balance",
      paramLabel = "X",
      description =
          "How far rare classes are made up for: a class weighs (N / class)^X in the loss (default:"
              + " ${DEFAULT-VALUE}).")
  private double balance = STANDARD.balance();

  @Option(
      names = "--simulated",
      paramLabel = "N",
      description =
          "Copies of each record with premature beats and fibrillation made of its own beats, to"
              + " learn from; 0 for none (default: ${DEFAULT-VALUE}).")
  private int simulated = STANDARD.simulated();

  @Option(
      names = "--seed",
      paramLabel = "N",
      description =
          "Of weights, shuffling and dropout; fixes every bit (default: ${DEFAULT-VALUE}).")
  private long seed = STANDARD.seed();

  /** The settings; a number that cannot be is a wrong argument. */
  BeatClassifierSettings settings() {
    try {
      return new BeatClassifierSettings(
          members,
          hidden,
          layers,
          dropout,
          STANDARD.inputDropout(),
          epochs,
          sequenceLength,
          batchSize,
          learningRate,
          STANDARD.weightDecay(),
          patience,
          balance,
          STANDARD.largestWeight(),
          simulated,
          seed);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
    }
  }
}
