package io.carousel.cli;

import io.carousel.task.translation.Beam;
import io.carousel.task.translation.TranslationEvaluation;
import io.carousel.task.translation.Translator;
import io.carousel.train.metrics.BleuTokenizer;
import java.io.IOException;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Judges a translator by the test sentences of a folder. */
@Command(
    name = "translate",
    header = "Judge a translator: BLEU as sacreBLEU counts it, perplexity.",
    description = {
      "",
      "Translates the test file of the folder in the model's source language and compares with"
          + " that in its target language.",
      ""
    },
    footerHeading = "%nExample:%n",
    footer = "  carousel eval translate --model runs/a/model.safetensors --data multi30k --json")
final class EvalTranslateCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private EvalArguments evalArguments;
  @Mixin private BeamArguments beamArguments;

  @Option(
      names = "--tokenize",
      paramLabel = "NAME",
      description = "How BLEU counts words: none or 13a (default: none for tokenised text).")
  private @Nullable String tokenize;

  @Override
  public Integer call() throws IOException {
    Beam beam = beamArguments.beam();
    BleuTokenizer tokenizer = tokenize == null ? null : BeamArguments.tokenizer(spec, tokenize);
    return evalArguments.run(
        (device, model, data) -> {
          try (Translator translator = Translator.load(model, device)) {
            return TranslationEvaluation.of(translator, data, beam, tokenizer);
          }
        },
        TranslationOutput::json,
        result -> print -> TranslationOutput.print(result, print));
  }
}
