package io.carousel.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Groups the models that can be asked. */
@Command(
    name = "predict",
    header = "Ask a saved model.",
    synopsisSubcommandLabel = "TASK",
    subcommands = {
      PredictEcgAnomalyCommand.class,
      PredictEcgBeatsCommand.class,
      PredictIcuCommand.class,
      PredictLmCommand.class,
      PredictSentimentCommand.class,
      PredictTranslateCommand.class
    })
final class PredictCommand implements Runnable {
  @Spec private CommandSpec spec;

  /** Only {@code carousel predict} without a task comes here. */
  @Override
  public void run() {
    throw Tasks.missing(spec);
  }
}
