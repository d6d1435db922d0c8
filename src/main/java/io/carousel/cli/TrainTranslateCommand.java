package io.carousel.cli;

import io.carousel.task.translation.Translation;
import io.carousel.task.translation.TranslationData;
import io.carousel.task.translation.TranslationEvaluation;
import io.carousel.task.translation.TranslationSettings;
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
import picocli.CommandLine.Spec;

/** Trains an encoder and a decoder on pairs of sentences. */
@Command(
    name = "translate",
    header = "Learn to translate sentences.",
    description = {
      "",
      "An encoder reads the source, a decoder says the target, word by word. Learns the files"
          + " train, val and test of a folder, line by line, plain or .gz, or made-up pairs. Ctrl-C"
          + " ends training with a checkpoint to resume from.",
      ""
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  carousel train translate --data multi30k",
      "  carousel train translate --data multi30k --source en --target de",
      "  carousel train translate --preset numbers",
      "  carousel train translate --preset dates",
      "",
      "The run's folder gets model.safetensors, metrics.jsonl and report.html."
    })
final class TrainTranslateCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private RunArguments runArguments;
  @Mixin private TranslateArguments translateArguments;
  private Translation.@Nullable Outcome outcome;
  private @Nullable Path testFolder;

  @Override
  public Integer call() throws IOException {
    translateArguments.check();
    return runArguments.run(
        "translate",
        "translating the test sentences",
        (device, run) -> {
          TranslationSettings settings = translateArguments.settings(device);
          TranslationData data = translateArguments.data(settings);
          Translation.Outcome ended = new Translation(settings, data, device).run(run);
          if (translateArguments.madeUp() && ended.test() != null) {
            testFolder = run.folder().path().resolve("data");
            Translation.writeTest(data, testFolder);
          }
          outcome = ended;
          return ended.training();
        },
        () -> report(Objects.requireNonNull(outcome), spec.commandLine().getOut()));
  }

  private void report(Translation.Outcome result, PrintWriter print) {
    TranslationEvaluation test = Objects.requireNonNull(result.test());
    print.println();
    TranslationOutput.print(test, print);
    double seconds = result.training().history().stream().mapToDouble(EpochMetrics::seconds).sum();
    print.printf(
        Locale.ROOT,
        "training         %d epochs in %.0f s, best %d; vocabularies %,d and %,d; %,d weights; peak"
            + " memory %.0f MB%n",
        result.training().history().size(),
        seconds,
        result.training().bestEpoch(),
        result.sourceVocabulary(),
        result.targetVocabulary(),
        result.parameters(),
        result.peakMemoryBytes() / 1e6);
    if (testFolder != null) {
      print.println("test pairs       " + testFolder);
    }
  }
}
