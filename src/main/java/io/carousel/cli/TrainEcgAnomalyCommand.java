package io.carousel.cli;

import io.carousel.task.ecg.anomaly.AnomalySettings;
import io.carousel.task.ecg.anomaly.AnomalyTraining;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Trains an autoencoder on the normal beats of ECG5000. */
@Command(
    name = "ecg-anomaly",
    header = "Learn what normal heartbeats look like, to find abnormal ones.",
    description = {
      "",
      "An LSTM autoencoder learns the normal beats (class 1) of ECG5000, a data set of the UCR"
          + " archive. 30 %% of them are held back by the seed; how far their errors lie below"
          + " those of all abnormal beats is the result.",
      ""
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  carousel train ecg-anomaly --data ecg5000 --out runs/a",
      "  carousel eval ecg-anomaly --model runs/a/model.safetensors --data ecg5000",
      "",
      "The run's folder gets model.safetensors, metrics.jsonl and report.html."
    })
final class TrainEcgAnomalyCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private RunArguments runArguments;
  @Mixin private AnomalyArguments anomalyArguments;
  private AnomalyTraining.@Nullable Outcome outcome;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      required = true,
      description = "Folder with ECG5000_TRAIN (.txt or .tsv, also .gz).")
  private Path data = Path.of("");

  @Override
  public Integer call() throws IOException {
    AnomalySettings settings = anomalyArguments.settings();
    return runArguments.run(
        "ecg-anomaly",
        "judging the held-back beats",
        (device, run) -> {
          outcome = new AnomalyTraining(settings, device).run(data, run);
          return outcome.training();
        },
        () -> {
          AnomalyTraining.Outcome ended = Objects.requireNonNull(outcome);
          EvalEcgAnomalyCommand.print(
              Objects.requireNonNull(ended.evaluation()), spec.commandLine().getOut());
        });
  }
}
