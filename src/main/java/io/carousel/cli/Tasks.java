package io.carousel.cli;

import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/** What the groups of tasks have in common. */
final class Tasks {
  private Tasks() {}

  /** The error of a group that was called without one of its tasks. */
  static ParameterException missing(CommandSpec group) {
    return new ParameterException(
        group.commandLine(), "Missing TASK: " + String.join(", ", group.subcommands().keySet()));
  }
}
