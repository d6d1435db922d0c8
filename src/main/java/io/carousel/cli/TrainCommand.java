package io.carousel.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Groups what can be trained. */
@Command(
    name = "train",
    header = "Train a model on real data.",
    synopsisSubcommandLabel = "TASK",
    subcommands = {
      TrainEcgAnomalyCommand.class,
      TrainEcgBeatsCommand.class,
      TrainEcgCommand.class,
      TrainIcuCommand.class,
      TrainLmCommand.class,
      TrainSentimentCommand.class,
      TrainTranslateCommand.class
    },
    footerHeading = "%nExample:%n",
    footer = "  carousel train ecg")
final class TrainCommand implements Runnable {
  @Spec private CommandSpec spec;

  /** Only {@code carousel train} without a task comes here. */
  @Override
  public void run() {
    throw Tasks.missing(spec);
  }
}
