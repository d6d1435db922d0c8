package io.carousel.cli;

import io.carousel.device.Device;
import io.carousel.device.Devices;
import io.carousel.device.Precision;
import io.carousel.io.TensorDifference;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Computes saved answers and cases of others again and prints how far every tensor lies off. */
@Command(
    name = "verify",
    header = "Ask a saved model its probes again; compare with cases of someone else.",
    description = {
      "",
      "A model of Carousel carries a few inputs with its outputs and the SHA-256 of its weights:"
          + " they are checked, on any device. A case is a safetensors file with inputs, weights, outputs, final states, loss and"
          + " gradients of an RNN, LSTM or GRU; or a folder of the ONNX project's tests, with"
          + " model.onnx and test_data_set_*/input_*.pb and output_*.pb. Differences are relative"
          + " to max(1, largest element of the tensor in the case).",
      ""
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  carousel verify runs/films/model.safetensors",
      "  carousel verify cases/*.safetensors",
      "  carousel verify --device reference cases/lstm_l1_uni_A_f64.safetensors",
      "  carousel verify onnx/backend/test/data/node/test_lstm_defaults",
      "",
      "Exit code 1 when a tensor differs by more than the tolerance or a file cannot be used."
    })
final class VerifyCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private DeviceArguments deviceArguments;
  @Mixin private PlanArguments planArguments;

  @Parameters(
      paramLabel = "CASE",
      arity = "1..*",
      description = "Models; cases, *.safetensors; folders of ONNX node tests, or one of them.")
  private List<Path> paths = new ArrayList<>();

  @Option(
      names = "--tolerance",
      paramLabel = "X",
      description =
          "Largest relative difference (default: 1e-11 in float64, 2e-5 in float32, 5e-3 in tf32,"
              + " 5e-2 in bf16 and fp16; the coarsest of file, device and precision).")
  private @Nullable Double tolerance;

  @Override
  public Integer call() throws IOException {
    if (tolerance != null && !(tolerance >= 0 && tolerance < Double.POSITIVE_INFINITY)) {
      throw new ParameterException(
          spec.commandLine(), "--tolerance must be a number not below 0, got " + tolerance);
    }
    PrintWriter out = spec.commandLine().getOut();
    Devices.Selection selection = deviceArguments.open();
    int cases = 0;
    int agreed = 0;
    int differed = 0;
    Set<String> kinds = new TreeSet<>();
    try (Device device = selection.device()) {
      Precision precision = planArguments.precisionOn(device);
      out.println(DeviceArguments.line(selection));
      for (Path named : paths) {
        for (Path path : casesIn(named)) {
          cases++;
          try {
            Verification verification = Verification.of(path);
            kinds.add(verification.plural());
            if (verify(path, verification, device, precision, out)) {
              agreed++;
            } else {
              differed++;
            }
          } catch (IOException | IllegalArgumentException e) {
            out.flush(); // so that the error stands after what came before it
            String line = Failure.line(e);
            Failure.print(
                spec.commandLine(), line.startsWith(path.toString()) ? line : path + ": " + line);
          }
        }
      }
    }
    out.printf(
        Locale.ROOT,
        "%n%d of %d %s agree, %d differ, %d could not be used%n",
        agreed,
        cases,
        kinds.isEmpty() ? "cases" : String.join(" and ", kinds),
        differed,
        cases - agreed - differed);
    return agreed == cases ? ExitCode.OK : ExitCode.SOFTWARE;
  }

  /** Itself, to be refused by name, where there are none in it. */
  private static List<Path> casesIn(Path named) throws IOException {
    List<Path> cases = Verification.in(named);
    return cases.isEmpty() ? List.of(named) : cases;
  }

  private boolean verify(
      Path path, Verification verification, Device device, Precision precision, PrintWriter out)
      throws IOException {
    Verification.Outcome outcome = verification.run(device, planArguments.plan(), precision);
    double limit = tolerance == null ? outcome.tolerance() : tolerance;
    out.printf(Locale.ROOT, "%n%s: %s%n", Printable.text(String.valueOf(path)), outcome.what());
    TextTable table = new TextTable("tensor", ">largest absolute", ">relative", "");
    for (TensorDifference difference : outcome.differences()) {
      table.row(
          Printable.text(difference.tensor()),
          scientific(difference.absolute()),
          scientific(difference.relative()),
          difference.isWithin(limit) ? "ok" : "FAILED");
    }
    table.print(out, "  ");
    boolean within = outcome.isWithin(limit);
    out.printf(
        Locale.ROOT,
        "  %s: %s%s, tolerance %s%n",
        within ? "ok" : "FAILED",
        outcome.kernel().isEmpty() ? "" : "plan " + outcome.kernel() + ", ",
        precision.name().toLowerCase(Locale.ROOT),
        scientific(limit));
    if (!within && !outcome.why().isEmpty()) {
      out.println("  " + outcome.why());
    }
    return within;
  }

  private static String scientific(double value) {
    return String.format(Locale.ROOT, "%.2e", value);
  }
}
