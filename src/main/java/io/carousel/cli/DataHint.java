package io.carousel.cli;

import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

/** Tells who lacks the data of a task where they come from. */
final class DataHint {
  /** What {@code scripts/data} has; a test holds the two together. */
  static final List<String> TASKS =
      List.of("ecg-anomaly", "ecg-beats", "icu", "lm", "sentiment", "translate");

  private DataHint() {}

  /** What to add to an error message: nothing unless it is about a task's missing data. */
  static String of(CommandLine command, String message) {
    String task = command.getCommandName();
    OptionSpec option = command.getCommandSpec().findOption("--data");
    if (option == null && task.equals("ecg") && message.contains("'--data'")) {
      return "; 'train ecg' learns the bundled record alone: 'train ecg-beats' and"
          + " 'train ecg-anomaly' take data";
    }
    if (option == null || !TASKS.contains(task) || message.contains("scripts/data")) {
      return "";
    }
    Object folder = option.getValue();
    boolean given = folder != null && !folder.toString().isEmpty();
    boolean missing = given ? message.startsWith(folder + ": ") : message.contains("--data");
    return missing
        ? "; 'scripts/data %s' downloads the data set into data/%s".formatted(task, task)
        : "";
  }
}
