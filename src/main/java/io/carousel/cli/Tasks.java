package io.carousel.cli;

import java.util.List;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** What the groups of tasks have in common. */
final class Tasks {
  private Tasks() {}

  /** The error of a group that was called without one of its tasks. */
  static ParameterException missing(CommandSpec group) {
    return new ParameterException(group.commandLine(), "Missing TASK: " + names(group));
  }

  /** What to say of a word that carousel, or a group of tasks, does not know. */
  static String hint(CommandSpec command, UnmatchedArgumentException e) {
    if (command.subcommands().isEmpty() || e.isUnknownOption()) {
      return suggestions(e, command);
    }
    if (command.parent() == null) {
      return "; the commands are " + names(command) + suggestions(e, command);
    }
    if (e.getUnmatched().get(0).equals("ecg")) {
      return "; a model of ecg is asked and judged by 'carousel forecast MODEL FILE'";
    }
    return "; the tasks are " + names(command) + suggestions(e, command);
  }

  private static String suggestions(UnmatchedArgumentException e, CommandSpec command) {
    List<String> words = NearOptions.to(e, command);
    return words.isEmpty() ? "" : "; did you mean " + String.join(", ", words) + "?";
  }

  /** The tasks of a group, or the commands of carousel. */
  static String names(CommandSpec group) {
    return String.join(", ", group.subcommands().keySet());
  }
}
