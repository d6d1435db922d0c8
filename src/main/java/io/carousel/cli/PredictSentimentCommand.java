package io.carousel.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.carousel.data.text.ReviewTokenizer;
import io.carousel.device.Device;
import io.carousel.task.sentiment.SentimentEvaluation;
import io.carousel.task.sentiment.SentimentModel;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Asks a classifier of sentences. */
@Command(
    name = "sentiment",
    header = "Print how likely a text is of each class.",
    description = {
      "",
      "Takes text as people write it. Without TEXT it reads lines from standard input, one text"
          + " each, and prints one line for each.",
      ""
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  carousel predict sentiment --model model.safetensors \"A witty film.\"",
      "  carousel predict sentiment --model model.safetensors --json < reviews.txt"
    })
final class PredictSentimentCommand implements Callable<Integer> {
  private static final ObjectMapper JSON = new ObjectMapper();

  @Spec private CommandSpec spec;
  @Mixin private DeviceArguments deviceArguments;
  @Mixin private StrictArgument strict;

  @Option(
      names = "--model",
      paramLabel = "FILE",
      required = true,
      description = "The model, as train saved it.")
  private Path model = Path.of("");

  @Option(names = "--json", description = "Print one JSON object per text.")
  private boolean json;

  @Parameters(paramLabel = "TEXT", arity = "0..*", description = "Each one text, in quotes.")
  private List<String> texts = new ArrayList<>();

  @Override
  public Integer call() throws IOException {
    PrintWriter print = spec.commandLine().getOut();
    try (Device device = deviceArguments.open().device();
        SentimentModel loaded = SentimentModel.load(strict.checked(model, device), device)) {
      if (texts.isEmpty()) {
        BufferedReader lines =
            new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
          print(loaded, line, print);
        }
      } else {
        for (String text : texts) {
          print(loaded, text, print);
        }
      }
    }
    return ExitCode.OK;
  }

  private void print(SentimentModel loaded, String text, PrintWriter print) throws IOException {
    double[] p = loaded.probabilities(text);
    List<String> names = loaded.classes().names();
    if (json) {
      ObjectNode object = JSON.createObjectNode();
      object.put("text", text);
      object.put("class", names.get(SentimentEvaluation.mostLikely(p)));
      ObjectNode probabilities = object.putObject("probabilities");
      for (int c = 0; c < p.length; c++) {
        probabilities.put(names.get(c), p[c]);
      }
      object.put("unknown_words", unknown(loaded, text));
      print.println(JSON.writeValueAsString(object));
    } else {
      StringBuilder line = new StringBuilder();
      for (int c = 0; c < p.length; c++) {
        line.append(String.format(Locale.ROOT, "%s %.3f  ", names.get(c), p[c]));
      }
      print.println(line.append(Printable.text(text)).toString().stripTrailing());
    }
    print.flush();
  }

  private static long unknown(SentimentModel loaded, String text) {
    return ReviewTokenizer.words(text).stream()
        .filter(word -> !loaded.vocabulary().contains(word))
        .count();
  }
}
