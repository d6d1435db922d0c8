package io.carousel.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.carousel.data.text.TextCorpus;
import io.carousel.data.text.TextUnit;
import io.carousel.device.Device;
import io.carousel.task.language.LanguageModel;
import io.carousel.task.language.TextScore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Judges a language model. */
@Command(
    name = "lm",
    header = "How well a language model tells a text.",
    description = {
      "",
      "DIR is a data set as 'train lm' takes it: its test part is read, or its validation part, or"
          + " the last tenth of its one text. Of a text file all is read. The text is read once,"
          + " from zero states, each token given all before it; the first one is given. Tokens that"
          + " the model does not know count as <unk>; a model without <unk> refuses them. The model"
          + " may be a folder of a TensorFlow char-RNN (manifest.json).",
      ""
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  carousel eval lm --model model.safetensors --data tinyshakespeare",
      "  carousel eval lm --model charrnn-darwin --data darwin.txt.gz --json",
      "",
      "JSON: part, unit, tokens, unknown, nats and bits per token, perplexity."
    })
final class EvalLmCommand implements Callable<Integer> {
  @Mixin private EvalArguments evalArguments;

  private record Figures(String part, TextUnit unit, TextScore score) {
    JsonNode json() {
      ObjectNode json = JsonNodeFactory.instance.objectNode();
      json.put("part", part).put("unit", word(unit));
      json.put("tokens", score.tokens()).put("unknown", score.unknown());
      json.put("nats", score.mean()).put("bits", score.bits());
      return json.put("perplexity", score.perplexity());
    }
  }

  @Override
  public Integer call() throws IOException {
    return evalArguments.run(
        EvalLmCommand::judge,
        Figures::json,
        figures ->
            print -> {
              TextTable table = LanguageScores.table(word(figures.unit) + "s");
              LanguageScores.row(table, figures.part, figures.score);
              table.print(print, "");
            });
  }

  private static Figures judge(Device device, Path file, Path data) throws IOException {
    boolean folder = Files.isDirectory(data);
    String part = "all";
    String text;
    if (folder) {
      TextCorpus corpus = TextCorpus.read(data);
      part = corpus.test() == null ? "validation" : "test";
      text = corpus.heldOut();
    } else {
      text = TextCorpus.text(data);
    }
    try (LanguageModel model = LanguageModel.load(file, device)) {
      return new Figures(part, model.unit(), model.score(text));
    } catch (IllegalArgumentException e) {
      throw new IOException(data + ": " + e.getMessage(), e);
    }
  }

  private static String word(TextUnit unit) {
    return unit == TextUnit.CHAR ? "character" : "word";
  }
}
