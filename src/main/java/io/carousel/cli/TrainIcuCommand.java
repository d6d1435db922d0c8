package io.carousel.cli;

import io.carousel.data.icu.IcuSet;
import io.carousel.task.icu.IcuMortality;
import io.carousel.task.icu.IcuSettings;
import io.carousel.train.EpochMetrics;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Trains an ensemble of GRUs on stays in intensive care. */
@Command(
    name = "icu",
    header = "Learn who dies in hospital, from two days in intensive care.",
    description = {
      "",
      "An ensemble of GRUs learns from a set of the PhysioNet/CinC Challenge 2012. Each member"
          + " leaves another part of the patients out and is validated on it; a further part is"
          + " held back to judge them all. Research software, not a medical device. Ctrl-C ends"
          + " training with a checkpoint to resume from.",
      ""
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  carousel train icu --data data/icu",
      "  carousel train icu --data data/icu --out runs/icu --test 0",
      "",
      "The data are set-a or set-a.tar.gz with Outcomes-a.txt. The run's folder gets",
      "model.safetensors, metrics.jsonl and report.html."
    })
final class TrainIcuCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private RunArguments runArguments;
  @Mixin private IcuArguments icuArguments;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      required = true,
      description = "Folder of the set and its outcomes, or the set itself.")
  private Path data = Path.of("");

  private IcuMortality.@Nullable Outcome outcome;

  @Override
  public Integer call() throws IOException {
    IcuSettings settings = icuArguments.settings();
    IcuSet set = IcuSet.read(data);
    return runArguments.run(
        "icu",
        "judging the ensemble",
        (device, run) -> {
          outcome = new IcuMortality(settings, set, device).run(run);
          return outcome.training();
        },
        () -> report(Objects.requireNonNull(outcome), spec.commandLine().getOut()));
  }

  private static void report(IcuMortality.Outcome outcome, PrintWriter print) {
    print.println();
    IcuFigures.table(outcome).print(print, "");
    double seconds = outcome.training().history().stream().mapToDouble(EpochMetrics::seconds).sum();
    print.printf(
        Locale.ROOT,
        "%ntraining         %d epochs in %.0f s, best %d; %,d weights; peak memory %.0f MB%n",
        outcome.training().history().size(),
        seconds,
        outcome.training().bestEpoch(),
        outcome.parameters(),
        outcome.peakMemoryBytes() / 1e6);
  }
}
