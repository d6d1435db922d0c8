package io.carousel.cli;

import io.carousel.task.ecg.beats.BeatClassifier;
import io.carousel.task.ecg.beats.BeatEvaluation;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Judges a classifier of heartbeats. */
@Command(
    name = "ecg-beats",
    header = "Judge a classifier of heartbeats on records that it has not seen.",
    description = {
      "",
      "Takes the annotated WFDB records in DIR but those that the model was trained on and the"
          + " paced ones (102, 104, 107 and 217 of MIT-BIH). Beats of class Q are left out.",
      ""
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  carousel eval ecg-beats --model model.safetensors --data mitdb --json",
      "  carousel eval ecg-beats --model model.safetensors --data mitdb --records 100,103"
    })
final class EvalEcgBeatsCommand implements Callable<Integer> {
  @Mixin private EvalArguments evalArguments;

  @Option(
      names = "--records",
      paramLabel = "NAME",
      split = ",",
      description = "These records, even if the model has seen them in training.")
  private List<String> records = new ArrayList<>();

  @Override
  public Integer call() throws IOException {
    return evalArguments.run(
        (device, model, data) -> {
          try (BeatClassifier classifier = BeatClassifier.load(model, device)) {
            return BeatEvaluation.of(classifier, data, records);
          }
        },
        BeatEvaluation::toJson,
        evaluation -> print -> BeatTables.print(evaluation, print));
  }
}
