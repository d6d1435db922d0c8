package io.carousel.cli;

import io.carousel.task.translation.Beam;
import io.carousel.train.metrics.BleuTokenizer;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Options that say how a translation is searched for. */
final class BeamArguments {
  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

  @Option(
      names = "--beam",
      paramLabel = "N",
      description =
          "Hypotheses followed beside each other; 1 is greedy (default: ${DEFAULT-VALUE}).")
  private int width = Beam.STANDARD.width();

  @Option(
      names = "--length-penalty",
      paramLabel = "X",
      description =
          "Exponent of Wu et al. 2016, 0 for none; larger favours longer translations (default:"
              + " ${DEFAULT-VALUE}).")
  private double lengthPenalty = Beam.STANDARD.lengthPenalty();

  /** The search; a number that cannot be is a wrong argument. */
  Beam beam() {
    try {
      return new Beam(width, lengthPenalty);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
    }
  }

  /** The tokenizer of a name; another name is a wrong argument. */
  static BleuTokenizer tokenizer(CommandSpec command, String name) {
    try {
      return BleuTokenizer.of(name);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(command.commandLine(), String.valueOf(e.getMessage()), e);
    }
  }
}
