package io.carousel.cli;

import java.io.PrintWriter;
import java.nio.charset.Charset;
import java.util.Arrays;
import java.util.Locale;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** The {@code carousel} command. */
@Command(
    name = "carousel",
    header = "Recurrent networks (RNN, LSTM, GRU) that train and run from Java.",
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      TrainCommand.class,
      EvalCommand.class,
      PredictCommand.class,
      LabCommand.class,
      ForecastCommand.class,
      ServeCommand.class,
      SummaryCommand.class,
      VerifyCommand.class,
      ExportCommand.class,
      BenchCommand.class,
      DoctorCommand.class
    },
    versionProvider = Version.class,
    footerHeading = "%nExamples:%n",
    footer = {
      "  carousel train ecg                        learn a real electrocardiogram",
      "  carousel summary runs/*/model.safetensors what a saved model is",
      "  carousel doctor                           whether this machine is fit for it",
      "  carousel COMMAND --help                   options and examples of a command",
      "",
      "Exit codes: 0 done, 1 failed, 2 wrong arguments."
    })
public final class Main implements Runnable {
  @Spec private CommandSpec spec;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      scope = ScopeType.INHERIT,
      description = "Show this help.")
  @SuppressWarnings("UnusedVariable") // picocli reads it
  private boolean help;

  @Option(
      names = {"-V", "--version"},
      versionHelp = true,
      description = "Show the versions of Carousel, the JDK and the system.")
  @SuppressWarnings("UnusedVariable") // picocli reads it
  private boolean version;

  @Option(
      names = "--debug",
      scope = ScopeType.INHERIT,
      description = "Show the stack trace of an error, and log more.")
  private boolean debug;

  private Main() {}

  /** Runs the command and ends the process with its exit code. */
  public static void main(String[] args) {
    Locale.setDefault(Locale.ROOT);
    bindLog(Arrays.asList(args).contains("--debug"));
    // warnings of native code and the JDK's own go there too
    PrintWriter out = new PrintWriter(System.out, true, Charset.defaultCharset());
    PrintWriter err = new PrintWriter(System.err, true, Charset.defaultCharset());
    System.exit(run(out, err, args));
  }

  /**
   * Runs the command within this process.
   *
   * @param out takes results
   * @param err takes errors and progress
   * @return the exit code
   */
  static int run(PrintWriter out, PrintWriter err, String... args) {
    CommandLine command = commandLine().setOut(out).setErr(err);
    try {
      return command.execute(args);
    } catch (OutOfMemoryError | LinkageError e) {
      return Failure.of(e, command, debug(command));
    } finally {
      out.flush();
      err.flush();
    }
  }

  /** All commands, their options and the way they fail. */
  static CommandLine commandLine() {
    CommandLine command = new CommandLine(new Main());
    command.setCaseInsensitiveEnumValuesAllowed(true);
    command.setUsageHelpLongOptionsMaxWidth(28);
    command.setParameterExceptionHandler((e, unused) -> Failure.ofArguments(e));
    command.setExecutionExceptionHandler(
        (e, failed, parsed) -> Failure.of(e, failed, debug(failed)));
    return command;
  }

  /** Only {@code carousel} without a subcommand comes here. */
  @Override
  public void run() {
    String commands = String.join(", ", spec.subcommands().keySet());
    throw new ParameterException(spec.commandLine(), "Missing COMMAND, one of " + commands);
  }

  private static boolean debug(CommandLine command) {
    CommandLine top = command;
    while (top.getParent() != null) {
      top = top.getParent();
    }
    return top.getCommand() instanceof Main main && main.debug;
  }

  /** Warnings in one short line each on standard error; what the user sets wins. */
  private static void bindLog(boolean debug) {
    setIfAbsent("defaultLogLevel", debug ? "debug" : "warn");
    setIfAbsent("showThreadName", Boolean.toString(debug));
    setIfAbsent("showLogName", Boolean.toString(debug));
    setIfAbsent("showDateTime", "false");
  }

  private static void setIfAbsent(String key, String value) {
    System.getProperties().putIfAbsent("org.slf4j.simpleLogger." + key, value);
  }
}
