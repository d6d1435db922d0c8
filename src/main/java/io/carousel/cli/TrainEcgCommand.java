package io.carousel.cli;

import io.carousel.task.ecg.EcgForecast;
import io.carousel.task.ecg.EcgForecastSettings;
import io.carousel.train.EpochMetrics;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
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
  @Mixin private RunArguments runArguments;
  @Mixin private EcgArguments ecgArguments;
  private EcgForecast.@Nullable Outcome outcome;

  @Override
  public Integer call() throws IOException {
    EcgForecastSettings settings = ecgArguments.settings();
    return runArguments.run(
        "ecg",
        "forecasting the whole recording",
        (device, run) -> {
          outcome = new EcgForecast(settings, device).run(run);
          return outcome.training();
        },
        () -> report(Objects.requireNonNull(outcome), settings, spec.commandLine().getOut()));
  }

  private static void report(
      EcgForecast.Outcome outcome, EcgForecastSettings settings, PrintWriter print) {
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
          "note             the LSTM is no better than the AR baseline: train longer, or lower"
              + " --learning-rate");
    }
  }

  private static String millivolts(double value) {
    return String.format(Locale.ROOT, "%.4f mV", value);
  }
}
