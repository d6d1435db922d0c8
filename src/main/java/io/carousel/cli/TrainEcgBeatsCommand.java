package io.carousel.cli;

import io.carousel.task.ecg.beats.BeatClassifierSettings;
import io.carousel.task.ecg.beats.BeatTraining;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Trains a classifier of heartbeats. */
@Command(
    name = "ecg-beats",
    header = "Learn the classes of heartbeats: N, S, V and F.",
    description = {
      "",
      "Reads annotated WFDB records. Of the MIT-BIH Arrhythmia Database it takes the records DS1 of"
          + " de Chazal 2004, of other databases all. Each model of an ensemble leaves out some"
          + " records; how it does on these, patients that it does not know, is the result.",
      ""
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  carousel train ecg-beats --data mitdb --out runs/a",
      "  carousel eval ecg-beats --model runs/a/model.safetensors --data mitdb",
      "",
      "The run's folder gets model.safetensors, metrics.jsonl and report.html."
    })
final class TrainEcgBeatsCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private RunArguments runArguments;
  @Mixin private EcgBeatsArguments beatsArguments;
  private BeatTraining.@Nullable Outcome outcome;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      required = true,
      description = "Folder with WFDB records (.hea, .dat, .atr).")
  private Path data = Path.of("");

  @Option(
      names = "--records",
      paramLabel = "NAME",
      split = ",",
      description = "Learn from these records only, such as 101,106.")
  private List<String> records = new ArrayList<>();

  @Override
  public Integer call() throws IOException {
    BeatClassifierSettings settings = beatsArguments.settings();
    return runArguments.run(
        "ecg-beats",
        "judging each record by the model that left it out",
        (device, run) -> {
          outcome = new BeatTraining(settings, device).run(data, records, run);
          return outcome.training();
        },
        () -> {
          BeatTraining.Outcome ended = Objects.requireNonNull(outcome);
          PrintWriter print = spec.commandLine().getOut();
          print.printf("%nEach record judged by the model that has not learned from it:%n");
          BeatTables.print(ended.leftOut(), print);
          print.printf(
              "training         %d epochs, best %d; %,d weights%n",
              ended.training().history().size(), ended.training().bestEpoch(), ended.parameters());
        });
  }
}
