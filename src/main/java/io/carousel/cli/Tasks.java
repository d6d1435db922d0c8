package io.carousel.cli;

import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/** What the groups of tasks have in common. */
final class Tasks {
  private Tasks() {}

  /** The error of a group that was called without one of its tasks. */
  static ParameterException missing(CommandSpec group) {
    return new ParameterException(group.commandLine(), "Missing TASK: " + names(group));
  }

  /** Whether a command only groups tasks. */
  static boolean isGroup(CommandSpec command) {
    return command.parent() != null && !command.subcommands().isEmpty();
  }

  /** The tasks of a group. */
  static String names(CommandSpec group) {
    return String.join(", ", group.subcommands().keySet());
  }
}
