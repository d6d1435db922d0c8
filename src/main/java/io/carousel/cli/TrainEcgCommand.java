package io.carousel.cli;

import io.carousel.device.Device;
import io.carousel.device.Devices;
import io.carousel.task.ecg.EcgForecast;
import io.carousel.task.ecg.EcgForecastSettings;
import io.carousel.train.EpochMetrics;
import io.carousel.train.RunFolder;
import io.carousel.train.TrainingListener;
import io.carousel.train.TrainingResult;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Trains an LSTM on the bundled electrocardiogram. */
@Command(
    name = "ecg",
    header = "Learn to forecast a real electrocardiogram, and mark abnormal beats.",
    description = {
      "",
      "An LSTM learns the bundled five minutes of MIT-BIH record 208 (lead MLII, 360 Hz) and"
          + " forecasts the held-back last minute 30 samples (83 ms) ahead. Beats that it cannot"
          + " forecast are abnormal. Ctrl-C ends training with a checkpoint to resume from.",
      ""
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  carousel train ecg",
      "  carousel train ecg --out runs/big --hidden 64 --layers 2 --epochs 30",
      "  carousel train ecg --resume runs/big --hidden 64 --layers 2 --epochs 30",
      "",
      "The run's folder gets model.safetensors, metrics.jsonl and report.html."
    })
final class TrainEcgCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private DeviceArguments deviceArguments;
  @Mixin private EcgArguments ecgArguments;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "Folder of the run, new or empty (default: runs/TIME-ecg).")
  private @Nullable Path out;

  @Option(
      names = "--resume",
      paramLabel = "DIR",
      description = "Go on with the run in DIR from its last checkpoint, bit for bit.")
  private @Nullable Path resume;

  @Option(names = "--plain", description = "Plain lines in place of a progress bar.")
  private boolean plain;

  @Override
  public Integer call() throws IOException {
    if (out != null && resume != null) {
      throw new ParameterException(
          spec.commandLine(),
          "--out and --resume exclude each other: a resumed run has its folder");
    }
    EcgForecastSettings settings = ecgArguments.settings();
    PrintWriter print = spec.commandLine().getOut();
    PrintWriter err = spec.commandLine().getErr();
    Devices.Selection selection = deviceArguments.open();
    try (Device device = selection.device()) {
      RunFolder folder = resume == null ? RunFolder.create(folder()) : RunFolder.open(resume);
      print.println(DeviceArguments.line(selection));
      print.println("run folder " + folder.path());
      print.flush();
      // held open to the last line: Ctrl-C waits for it
      try (Interruption interruption = new Interruption(err)) {
        EcgForecast.Outcome outcome;
        try (ConsoleProgress progress = ConsoleProgress.on(err, plain)) {
          outcome =
              new EcgForecast(settings, device)
                  .run(folder, resume != null, List.of(progress, judging(err)), interruption::use);
        }
        if (outcome.training().end() == TrainingResult.End.INTERRUPTED) {
          err.println("interrupted; go on with: " + resumeCommand(folder.path()));
          err.flush();
          return ExitCode.SOFTWARE;
        }
        report(outcome, settings, folder, print);
        return ExitCode.OK;
      }
    }
  }

  /** Fills the pause between the last epoch and the result. */
  private static TrainingListener judging(PrintWriter err) {
    return new TrainingListener() {
      @Override
      public void ended(TrainingResult result) {
        if (result.end() != TrainingResult.End.INTERRUPTED) {
          err.println("forecasting the whole recording ...");
          err.flush();
        }
      }
    };
  }

  private Path folder() {
    if (out != null) {
      return out;
    }
    DateTimeFormatter format = DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss", Locale.ROOT);
    return Path.of("runs", LocalDateTime.now(ZoneId.systemDefault()).format(format) + "-ecg");
  }

  private static void report(
      EcgForecast.Outcome outcome,
      EcgForecastSettings settings,
      RunFolder folder,
      PrintWriter print) {
    TextTable errors = new TextTable("forecast error on the last minute", ">RMSE");
    errors.row("LSTM", millivolts(outcome.lstmRmse()));
    errors.row("AR(" + settings.contextLength() + "), least squares", millivolts(outcome.arRmse()));
    errors.row("last value", millivolts(outcome.lastValueRmse()));
    print.println();
    errors.print(print, "");
    double seconds = outcome.training().history().stream().mapToDouble(EpochMetrics::seconds).sum();
    print.printf(
        "%nabnormal beats   %d of %d in the last minute%s; %d in all five minutes%n",
        outcome.abnormalTestBeats(),
        outcome.testBeats(),
        BeatTimes.words(outcome.abnormalTestSeconds()),
        outcome.abnormalBeats());
    print.printf(
        Locale.ROOT,
        "training         %d epochs in %.0f s, best %d; %,d weights; peak memory %.0f MB%n",
        outcome.training().history().size(),
        seconds,
        outcome.training().bestEpoch(),
        outcome.parameters(),
        outcome.peakMemoryBytes() / 1e6);
    if (!(outcome.lstmRmse() < outcome.arRmse())) {
      print.println(
          "note             the LSTM is no better than the AR baseline: train longer, or lower --learning-rate");
    }
    print.println("model            " + folder.model());
    print.println("metrics          " + folder.metrics());
    print.println("report           " + folder.report());
    print.flush();
  }

  private static String millivolts(double value) {
    return String.format(Locale.ROOT, "%.4f mV", value);
  }

  /** The command that was given, with its folder to be resumed: settings must stay as they were. */
  private String resumeCommand(Path folder) {
    List<String> words = new ArrayList<>(List.of("carousel train ecg --resume", quote(folder)));
    List<String> given = spec.commandLine().getParseResult().originalArgs();
    for (int i = 0; i < given.size(); i++) {
      String word = given.get(i);
      if (word.equals("--out") || word.equals("--resume")) {
        i++; // and its folder
      } else if (!word.matches("train|ecg|--(out|resume)=.*")) {
        words.add(word);
      }
    }
    return String.join(" ", words);
  }

  private static String quote(Path folder) {
    String name = folder.toString();
    return name.matches("[\\w/.+-]+") ? name : "'" + name.replace("'", "'\\''") + "'";
  }
}
