package io.carousel.cli;

import io.carousel.device.Device;
import io.carousel.device.Devices;
import io.carousel.device.Precision;
import io.carousel.io.ReferenceCase;
import io.carousel.io.ReferenceRun;
import io.carousel.io.ReferenceSpec;
import io.carousel.io.TensorDifference;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Computes reference cases again and prints how far every tensor lies from them. */
@Command(
    name = "verify",
    header = "Compare outputs and gradients with cases computed by someone else.",
    description = {
      "",
      "A case is a safetensors file with inputs, weights, outputs, final states, loss and"
          + " gradients of an RNN, LSTM or GRU. Differences are relative to max(1, largest element"
          + " of the tensor in the case).",
      ""
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  carousel verify cases/*.safetensors",
      "  carousel verify --device reference cases/lstm_l1_uni_A_f64.safetensors",
      "",
      "Exit code 1 when a tensor differs by more than the tolerance or a file cannot be used."
    })
final class VerifyCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private DeviceArguments deviceArguments;
  @Mixin private PlanArguments planArguments;

  @Parameters(paramLabel = "CASE", arity = "1..*", description = "Files, *.safetensors.")
  private List<Path> files = new ArrayList<>();

  @Option(
      names = "--tolerance",
      paramLabel = "X",
      description =
          "Largest relative difference (default: 1e-11 in float64, 2e-5 in float32, 5e-3 in tf32,"
              + " 5e-2 in bf16 and fp16; the coarsest of file, device and precision).")
  private @Nullable Double tolerance;

  @Override
  public Integer call() {
    if (tolerance != null && !(tolerance >= 0 && tolerance < Double.POSITIVE_INFINITY)) {
      throw new ParameterException(
          spec.commandLine(), "--tolerance must be a number not below 0, got " + tolerance);
    }
    CommandLine command = spec.commandLine();
    PrintWriter out = command.getOut();
    Devices.Selection selection = deviceArguments.open();
    int agreed = 0;
    int differed = 0;
    try (Device device = selection.device()) {
      Precision precision = planArguments.precisionOn(device);
      out.println(DeviceArguments.line(selection));
      for (Path file : files) {
        try {
          if (verify(file, device, precision, out)) {
            agreed++;
          } else {
            differed++;
          }
        } catch (IOException | IllegalArgumentException e) {
          out.flush(); // so that the error stands after what came before it
          String line = Failure.line(e);
          Failure.print(command, line.startsWith(file.toString()) ? line : file + ": " + line);
        }
      }
    }
    int unusable = files.size() - agreed - differed;
    out.printf(
        Locale.ROOT,
        "%n%d of %d cases agree, %d differ, %d could not be used%n",
        agreed,
        files.size(),
        differed,
        unusable);
    return agreed == files.size() ? ExitCode.OK : ExitCode.SOFTWARE;
  }

  private boolean verify(Path file, Device device, Precision precision, PrintWriter out)
      throws IOException {
    ReferenceCase reference = ReferenceCase.read(file);
    ReferenceRun run = ReferenceRun.of(reference, device, planArguments.plan(), precision);
    double limit =
        tolerance == null ? ReferenceRun.tolerance(reference, device, precision) : tolerance;
    ReferenceSpec stack = reference.spec();
    out.printf(
        Locale.ROOT,
        "%n%s: %s, %d layer(s), %d direction(s), T=%d B=%d I=%d H=%d%s, %s%n",
        Printable.text(String.valueOf(file)),
        stack.cell().id(),
        stack.numLayers(),
        stack.directions(),
        stack.seqLen(),
        stack.batchSize(),
        stack.inputSize(),
        stack.hiddenSize(),
        stack.projSize() > 0 ? " R=" + stack.projSize() : "",
        reference.dtype());
    TextTable table = new TextTable("tensor", ">largest absolute", ">relative", "");
    for (TensorDifference difference : run.differences()) {
      table.row(
          difference.tensor(),
          scientific(difference.absolute()),
          scientific(difference.relative()),
          difference.isWithin(limit) ? "ok" : "FAILED");
    }
    table.print(out, "  ");
    boolean within = run.isWithin(limit);
    out.printf(
        Locale.ROOT,
        "  %s: plan %s, %s, tolerance %s%n",
        within ? "ok" : "FAILED",
        run.kernel(),
        precision.name().toLowerCase(Locale.ROOT),
        scientific(limit));
    return within;
  }

  private static String scientific(double value) {
    return String.format(Locale.ROOT, "%.2e", value);
  }
}
