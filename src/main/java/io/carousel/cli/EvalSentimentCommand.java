package io.carousel.cli;

import io.carousel.data.text.SentimentFiles;
import io.carousel.data.text.SentimentFiles.Part;
import io.carousel.task.sentiment.SentimentEvaluation;
import io.carousel.task.sentiment.SentimentModel;
import java.io.IOException;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Judges a classifier of sentences. */
@Command(
    name = "sentiment",
    header = "Judge a sentiment model on sentences that it has not seen.",
    footerHeading = "%nExample:%n",
    footer = "  carousel eval sentiment --model model.safetensors --data data/sst2 --json")
final class EvalSentimentCommand implements Callable<Integer> {
  @Mixin private EvalArguments evalArguments;

  @Option(
      names = "--part",
      paramLabel = "NAME",
      description = "train, dev or test (default: test where there is one, else dev).")
  private @Nullable Part part;

  @Override
  public Integer call() throws IOException {
    return evalArguments.run(
        (device, file, data) -> {
          SentimentFiles files = SentimentFiles.in(data);
          Part judging = part != null ? part : files.has(Part.TEST) ? Part.TEST : Part.DEV;
          try (SentimentModel model = SentimentModel.load(file, device)) {
            return SentimentEvaluation.of(model, files, judging);
          }
        },
        SentimentEvaluation::json,
        result -> print -> SentimentTable.print(result, print));
  }
}
