package io.carousel.cli;

import io.carousel.data.text.TextCorpus;
import io.carousel.data.text.TextUnit;
import io.carousel.task.language.LanguageModelSettings;
import io.carousel.task.language.LanguageModelTraining;
import io.carousel.task.language.TextScore;
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

/** Trains a language model on running text. */
@Command(
    name = "lm",
    header = "Learn to tell the next character or word of a text.",
    description = {
      "",
      "DIR holds the parts of a data set (ptb.train.txt, ptb.valid.txt, ptb.test.txt, or names of"
          + " WikiText), or one text such as input.txt; DIR may be a text file too. Of one text the"
          + " last tenth is held back. Gradients flow through --steps tokens, states through the"
          + " whole text. Ctrl-C ends training with a checkpoint to resume from.",
      ""
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  carousel train lm --data tinyshakespeare",
      "  carousel train lm --data ptb --preset ptb-small",
      "  carousel train lm --data novel.txt --cell gru --layers 2 --dropout 0.2 --epochs 20",
      "",
      "The run's folder gets model.safetensors, metrics.jsonl and report.html."
    })
final class TrainLmCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private RunArguments runArguments;
  @Mixin private LanguageModelArguments lmArguments;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      required = true,
      description = "Folder of the texts, or one text; UTF-8, plain or .gz.")
  private Path data = Path.of("");

  private LanguageModelTraining.@Nullable Outcome outcome;

  @Override
  public Integer call() throws IOException {
    LanguageModelSettings settings = lmArguments.settings();
    TextCorpus corpus = TextCorpus.read(data);
    return runArguments.run(
        "lm",
        "reading the held-back text",
        (device, run) -> {
          outcome = new LanguageModelTraining(settings, corpus, device).run(run);
          return outcome.training();
        },
        () -> report(Objects.requireNonNull(outcome), settings, spec.commandLine().getOut()));
  }

  private static void report(
      LanguageModelTraining.Outcome outcome, LanguageModelSettings settings, PrintWriter print) {
    print.println();
    String token = settings.network().unit() == TextUnit.CHAR ? "characters" : "words";
    TextTable table = LanguageScores.table(token);
    LanguageScores.row(table, "validation", Objects.requireNonNull(outcome.validation()));
    TextScore test = outcome.test();
    if (test != null) {
      LanguageScores.row(table, "test", test);
    }
    table.print(print, "");
    double seconds = outcome.training().history().stream().mapToDouble(EpochMetrics::seconds).sum();
    print.printf(
        Locale.ROOT,
        "%ntraining         %d epochs in %.0f s, best %d; %d tokens, %,d weights; peak memory %.0f"
            + " MB%n",
        outcome.training().history().size(),
        seconds,
        outcome.training().bestEpoch(),
        outcome.tokens(),
        outcome.parameters(),
        outcome.peakMemoryBytes() / 1e6);
  }
}
