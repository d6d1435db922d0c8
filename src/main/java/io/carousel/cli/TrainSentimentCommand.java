package io.carousel.cli;

import io.carousel.data.text.SentimentFiles;
import io.carousel.task.sentiment.SentimentSettings;
import io.carousel.task.sentiment.SentimentTraining;
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

/** Trains a classifier of sentences. */
@Command(
    name = "sentiment",
    header = "Learn whether a sentence is for or against a film.",
    description = {
      "",
      "Takes the Stanford Sentiment Treebank as SST-2 (train.tsv, dev.tsv), SST-5"
          + " (stsa.fine.train, stsa.fine.dev) or the official trees (train.txt, dev.txt)."
          + " A part of the training sentences decides when to stop, dev judges at the end."
          + " Ctrl-C ends training with a checkpoint to resume from.",
      ""
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  carousel train sentiment --data sst2",
      "  carousel train sentiment --data data/sentiment --classes 2 --phrases",
      "  carousel train sentiment --data data/sentiment --classes 3 --read c",
      "",
      "The run's folder gets model.safetensors, metrics.jsonl and report.html."
    })
final class TrainSentimentCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private RunArguments runArguments;
  @Mixin private SentimentArguments sentimentArguments;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      required = true,
      description = "Folder of the treebank.")
  private Path data = Path.of("");

  private SentimentTraining.@Nullable Outcome outcome;

  @Override
  public Integer call() throws IOException {
    SentimentSettings settings = sentimentArguments.settings();
    SentimentFiles files = SentimentFiles.in(data);
    return runArguments.run(
        "sentiment",
        "judging",
        (device, run) -> {
          outcome = new SentimentTraining(settings, files, device).run(run);
          return outcome.training();
        },
        () -> report(Objects.requireNonNull(outcome), spec.commandLine().getOut()));
  }

  private static void report(SentimentTraining.Outcome outcome, PrintWriter print) {
    if (outcome.judged() == null) {
      print.println("no dev file to judge by");
    } else {
      SentimentTable.print(outcome.judged(), print);
    }
    double seconds = outcome.training().history().stream().mapToDouble(EpochMetrics::seconds).sum();
    print.printf(
        Locale.ROOT,
        "training         %d epochs in %.0f s, best %d; %,d examples, %,d held back; %,d weights%n",
        outcome.training().history().size(),
        seconds,
        outcome.training().bestEpoch(),
        outcome.trainExamples(),
        outcome.validationSentences(),
        outcome.parameters());
  }
}
