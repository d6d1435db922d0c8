package io.carousel.cli;

import io.carousel.device.Device;
import io.carousel.device.Devices;
import io.carousel.task.TrainingRun;
import io.carousel.train.RunFolder;
import io.carousel.train.TrainingListener;
import io.carousel.train.TrainingResult;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Options of every {@code train TASK}, and what every such command does around its training. */
final class RunArguments {
  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

  @Mixin private TrainingDeviceArguments deviceArguments;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "Folder of the run, new or empty (default: runs/TIME-TASK).")
  private @Nullable Path out;

  @Option(
      names = "--resume",
      paramLabel = "DIR",
      description = "Go on with the run in DIR from its last checkpoint, bit for bit.")
  private @Nullable Path resume;

  @Option(names = "--plain", description = "Plain lines in place of a progress bar.")
  private boolean plain;

  @Option(
      names = "--checkpoint-every",
      paramLabel = "N",
      description =
          "Steps between checkpoints within an epoch, 0 for none (default: ${DEFAULT-VALUE}).")
  private int checkpointEvery;

  @Option(
      names = "--fast-dev-run",
      description = "One step and one validation, to see that everything runs.")
  private boolean fastDevRun;

  @Option(
      names = "--overfit-batches",
      paramLabel = "N",
      description = "Learn only N batches, by heart; 0 for all (default: ${DEFAULT-VALUE}).")
  private int overfitBatches;

  @Option(
      names = "--flow",
      description =
          "Measure how gradients flow through time, and say what it means; costs a few percent.")
  private boolean flow;

  /** What a task does with a run. */
  interface Work {
    /**
     * Trains, judges, writes the model and the report.
     *
     * @return how training ended; when it was interrupted, nothing was judged
     */
    TrainingResult train(Device device, TrainingRun run) throws IOException;
  }

  /**
   * Opens device and folder, follows training, heeds Ctrl-C, and says at the end where everything
   * is.
   *
   * @param task its word on the command line
   * @param judging said when training has ended and the judging begins, such as {@code forecasting
   *     the whole recording}
   * @param work what the task does
   * @param result prints what came out, unless training was interrupted
   * @return the exit code
   */
  int run(String task, String judging, Work work, Runnable result) throws IOException {
    TrainingRun.Options options = options();
    PrintWriter print = spec.commandLine().getOut();
    PrintWriter err = spec.commandLine().getErr();
    Devices.Selection selection = deviceArguments.open();
    try (Device device = selection.device()) {
      RunFolder folder = resume == null ? create(folder(task)) : RunFolder.open(resume);
      print.println(DeviceArguments.line(selection));
      print.println("run folder " + folder.path());
      print.flush();
      // held open to the last line: Ctrl-C waits for it
      try (Interruption interruption = new Interruption(err)) {
        TrainingRun run;
        TrainingResult.End end;
        try (ConsoleProgress progress = ConsoleProgress.on(err, plain)) {
          List<TrainingListener> listeners = List.of(progress, saying(judging, err));
          run = new TrainingRun(folder, options, listeners, interruption::use);
          end = work.train(device, run).end();
        }
        if (end == TrainingResult.End.INTERRUPTED) {
          err.println("interrupted; go on with: " + resumeCommand(task, folder.path()));
          err.flush();
          return ExitCode.SOFTWARE;
        }
        result.run();
        run.flowWords().forEach(line -> print.println("gradient flow    " + line));
        print.println("model            " + folder.model());
        print.println("metrics          " + folder.metrics());
        print.println("report           " + folder.report());
        print.flush();
        return ExitCode.OK;
      }
    }
  }

  private TrainingRun.Options options() {
    if (out != null && resume != null) {
      throw new ParameterException(
          spec.commandLine(),
          "--out and --resume exclude each other: a resumed run has its folder");
    }
    try {
      return new TrainingRun.Options(
          resume != null, checkpointEvery, fastDevRun, overfitBatches, flow);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
    }
  }

  /** Fills the pause between the last epoch and the result. */
  private static TrainingListener saying(String judging, PrintWriter err) {
    return new TrainingListener() {
      @Override
      public void ended(TrainingResult result) {
        if (result.end() != TrainingResult.End.INTERRUPTED) {
          err.println(judging + " ...");
          err.flush();
        }
      }
    };
  }

  /** A new run's folder; that of another run is refused with the option that goes on with it. */
  private static RunFolder create(Path folder) throws IOException {
    try {
      return RunFolder.create(folder);
    } catch (FileAlreadyExistsException e) {
      throw new FileAlreadyExistsException(
          folder.toString(),
          null,
          "the folder holds another run; choose a new one, or go on with --resume "
              + quote(folder));
    }
  }

  private Path folder(String task) {
    return out == null ? newFolder(task) : out;
  }

  /** Where a run goes unless the user says so. */
  static Path newFolder(String task) {
    DateTimeFormatter format = DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss", Locale.ROOT);
    return Path.of("runs", LocalDateTime.now(ZoneId.systemDefault()).format(format) + "-" + task);
  }

  /** The command that was given, with its folder to be resumed: settings must stay as they were. */
  private String resumeCommand(String task, Path folder) {
    List<String> words =
        new ArrayList<>(List.of("carousel train", task, "--resume", quote(folder)));
    List<String> given = spec.commandLine().getParseResult().originalArgs();
    List<String> command = new ArrayList<>(List.of("train", task));
    for (int i = 0; i < given.size(); i++) {
      String word = given.get(i);
      if (command.remove(word) || word.matches("--(out|resume)=.*")) {
        continue;
      }
      if (word.equals("--out") || word.equals("--resume")) {
        i++; // and its folder
      } else {
        words.add(word.matches("[\\w/.,:=+-]+") ? word : quoted(word));
      }
    }
    return String.join(" ", words);
  }

  private static String quote(Path folder) {
    String name = folder.toString();
    return name.matches("[\\w/.+-]+") ? name : quoted(name);
  }

  private static String quoted(String word) {
    return "'" + word.replace("'", "'\\''") + "'";
  }
}
