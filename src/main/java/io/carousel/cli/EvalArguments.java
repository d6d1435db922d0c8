package io.carousel.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.carousel.device.Device;
import io.carousel.device.Devices;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.function.Consumer;
import java.util.function.Function;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Options of every {@code eval TASK}: a model, data, and how to print the result. */
final class EvalArguments {
  private static final ObjectMapper JSON =
      new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

  @Mixin private DeviceArguments deviceArguments;
  @Mixin private StrictArgument strict;

  @Option(
      names = "--model",
      paramLabel = "FILE",
      required = true,
      description = "The model, as train saved it.")
  private Path model = Path.of("");

  @Option(
      names = "--data",
      paramLabel = "DIR",
      required = true,
      description = "Folder of the data set.")
  private Path data = Path.of("");

  @Option(names = "--json", description = "Print the figures as one JSON object, nothing else.")
  private boolean json;

  /**
   * Judges a model.
   *
   * @param <R> the figures
   */
  interface Work<R> {
    /** Loads the model and judges it. */
    R judge(Device device, Path model, Path data) throws IOException;
  }

  /**
   * Opens the device, judges, and prints JSON or a table.
   *
   * @param work judges
   * @param figures gives the JSON object
   * @param table prints for people
   * @return the exit code
   */
  <R> int run(Work<R> work, Function<R, JsonNode> figures, Function<R, Consumer<PrintWriter>> table)
      throws IOException {
    PrintWriter print = spec.commandLine().getOut();
    Devices.Selection selection = deviceArguments.open();
    try (Device device = selection.device()) {
      R result = work.judge(device, strict.checked(model, device), data);
      if (json) {
        print.println(JSON.writeValueAsString(figures.apply(result)));
      } else {
        print.println(DeviceArguments.line(selection));
        table.apply(result).accept(print);
      }
      print.flush();
      return ExitCode.OK;
    }
  }
}
