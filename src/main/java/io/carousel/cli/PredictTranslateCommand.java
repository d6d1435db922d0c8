package io.carousel.cli;

import io.carousel.device.Device;
import io.carousel.task.translation.Beam;
import io.carousel.task.translation.TextUnit;
import io.carousel.task.translation.Translator;
import io.carousel.train.metrics.BleuTokenizer;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Translates sentences with a saved model. */
@Command(
    name = "translate",
    header = "Translate sentences: arguments, or lines of standard input.",
    description = {"", "Prints one translation a line and nothing else.", ""},
    footerHeading = "%nExamples:%n",
    footer = {
      "  carousel predict translate --model model.safetensors \"Ein Mann schläft.\"",
      "  carousel predict translate --model model.safetensors < german.txt > english.txt"
    })
final class PredictTranslateCommand implements Callable<Integer> {
  /** Lines of standard input that are translated together. */
  private static final int LINES = 64;

  @Spec private CommandSpec spec;
  @Mixin private DeviceArguments deviceArguments;
  @Mixin private StrictArgument strict;
  @Mixin private BeamArguments beamArguments;

  @Option(
      names = "--model",
      paramLabel = "FILE",
      required = true,
      description = "The model, as train saved it.")
  private Path model = Path.of("");

  @Option(
      names = "--tokenize",
      paramLabel = "NAME",
      description =
          "How text becomes the words of a model that learned tokenised text: 13a, or none where"
              + " they stand between blanks already (default: ${DEFAULT-VALUE}).")
  private String tokenize = BleuTokenizer.V13A.word();

  @Parameters(paramLabel = "TEXT", arity = "0..*", description = "Sentences, one an argument.")
  private List<String> sentences = List.of();

  @Override
  public Integer call() throws IOException {
    Beam beam = beamArguments.beam();
    BleuTokenizer tokenizer = BeamArguments.tokenizer(spec, tokenize);
    try (Device device = deviceArguments.open().device();
        Translator translator = Translator.load(strict.checked(model, device), device)) {
      boolean words = translator.text().sourceUnit() == TextUnit.WORDS;
      BleuTokenizer cut = words ? tokenizer : BleuTokenizer.NONE;
      if (sentences.isEmpty()) {
        translateLines(translator, cut, beam);
      } else {
        print(translator, words, cut, sentences, beam);
      }
    }
    return ExitCode.OK;
  }

  private void translateLines(Translator translator, BleuTokenizer cut, Beam beam)
      throws IOException {
    boolean words = translator.text().sourceUnit() == TextUnit.WORDS;
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    List<String> lines = new ArrayList<>();
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      lines.add(line);
      if (lines.size() == LINES || !in.ready()) { // a person at a terminal waits for each line
        print(translator, words, cut, lines, beam);
        lines.clear();
      }
    }
    print(translator, words, cut, lines, beam);
  }

  private void print(
      Translator translator, boolean words, BleuTokenizer cut, List<String> texts, Beam beam) {
    List<String> prepared =
        words ? texts.stream().map(t -> String.join(" ", cut.tokens(t))).toList() : texts;
    PrintWriter print = spec.commandLine().getOut();
    translator.translate(prepared, beam).forEach(line -> print.println(Printable.text(line)));
    print.flush();
  }
}
