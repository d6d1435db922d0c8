package io.carousel.cli;

import io.carousel.device.Device;
import io.carousel.task.language.LanguageModel;
import io.carousel.task.language.Sampling;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Writes text with a language model. */
@Command(
    name = "lm",
    header = "Let a language model go on with a text.",
    description = {
      "",
      "Prints the prompt and what the model draws after it, token by token. The same model, prompt,"
          + " options and device give the same text.",
      ""
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  carousel predict lm --model model.safetensors --prompt 'ROMEO:' --length 400",
      "  carousel predict lm --model charrnn-darwin --prompt 'The ' --temperature 0.5",
      "  carousel predict lm --model model.safetensors --top-k 5 --seed 7"
    })
final class PredictLmCommand implements Callable<Integer> {
  /** A vocabulary may hold anything; it must not steer the terminal. */
  private static final Pattern UNPRINTABLE = Pattern.compile("[\\p{Cc}&&[^\\r\\n\\t]]");

  @Spec private CommandSpec spec;
  @Mixin private DeviceArguments deviceArguments;
  @Mixin private StrictArgument strict;

  @Option(
      names = "--model",
      paramLabel = "FILE",
      required = true,
      description = "The model, as train saved it, or a folder of a TensorFlow char-RNN.")
  private Path file = Path.of("");

  @Option(
      names = "--prompt",
      paramLabel = "TEXT",
      description = "What the text begins with (default: nothing; a line end is read).")
  private String prompt = "";

  @Option(
      names = "--length",
      paramLabel = "N",
      description = "Tokens to draw (default: ${DEFAULT-VALUE}).")
  private int length = 200;

  @Option(
      names = "--temperature",
      paramLabel = "X",
      description =
          "Below 1 likely tokens become likelier; 0 takes the likeliest (default:"
              + " ${DEFAULT-VALUE}).")
  private double temperature = 1;

  @Option(
      names = "--top-k",
      paramLabel = "K",
      description = "Draw from the K likeliest tokens, 0 for all (default: ${DEFAULT-VALUE}).")
  private int topK;

  @Option(
      names = "--seed",
      paramLabel = "N",
      description = "Of the drawing (default: ${DEFAULT-VALUE}).")
  private long seed = 1;

  @Override
  public Integer call() throws IOException {
    Sampling how = sampling();
    PrintWriter print = spec.commandLine().getOut();
    try (Device device = deviceArguments.open().device();
        LanguageModel model = LanguageModel.load(strict.checked(file, device), device)) {
      print.print(prompt);
      model.sample(
          prompt,
          how,
          piece -> {
            print.print(UNPRINTABLE.matcher(piece).replaceAll("\uFFFD"));
            print.flush(); // as it is drawn
          });
      print.println();
      print.flush();
    }
    return ExitCode.OK;
  }

  private Sampling sampling() {
    try {
      return new Sampling(length, temperature, topK, seed);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
    }
  }
}
