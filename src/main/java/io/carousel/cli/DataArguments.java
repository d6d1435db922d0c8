package io.carousel.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Where a task's data set is, and where it comes from when it is not there. */
final class DataArguments {
  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "Folder of the data set; scripts/data TASK downloads it.")
  private @Nullable Path data;

  /**
   * The folder.
   *
   * @param task its word on the command line and of scripts/data
   * @throws ParameterException when none was given or there is no such folder
   */
  Path folder(String task) {
    if (data == null) {
      throw new ParameterException(
          spec.commandLine(),
          "Missing --data: 'scripts/data %s' downloads the data set, then --data data/%s"
              .formatted(task, task));
    }
    if (!Files.isDirectory(data)) {
      throw new ParameterException(
          spec.commandLine(),
          "--data %s: no such folder; 'scripts/data %s' downloads the data set into data/%s"
              .formatted(data, task, task));
    }
    return data;
  }
}
