package io.carousel.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Groups the models that can be judged. */
@Command(
    name = "eval",
    header = "Judge a saved model on data that it has not seen.",
    synopsisSubcommandLabel = "TASK",
    subcommands = {
      EvalEcgAnomalyCommand.class,
      EvalEcgBeatsCommand.class,
      EvalIcuCommand.class,
      EvalLmCommand.class,
      EvalSentimentCommand.class,
      EvalTranslateCommand.class
    })
final class EvalCommand implements Runnable {
  @Spec private CommandSpec spec;

  /** Only {@code carousel eval} without a task comes here. */
  @Override
  public void run() {
    throw Tasks.missing(spec);
  }
}
