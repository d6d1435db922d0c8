package io.carousel.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.carousel.cli.bench.BenchCase;
import io.carousel.cli.bench.BenchMode;
import io.carousel.cli.bench.BenchResult;
import io.carousel.cli.bench.BenchShape;
import io.carousel.cli.bench.Benchmark;
import io.carousel.cli.bench.Durations;
import io.carousel.device.Cell;
import io.carousel.device.Device;
import io.carousel.device.Devices;
import io.carousel.device.Precision;
import io.carousel.train.Provenance;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** Times a recurrent stack. */
@Command(
    name = "bench",
    header = "Time a recurrent stack on this machine.",
    description = {
      "",
      "Warms up, then times steps one by one: median and spread, GFLOP/s of the matrix products"
          + " (2*T*B*gates*H*(in+H) a layer and direction forward, three times that with"
          + " gradients), device memory, and what the steady state allocates.",
      ""
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  carousel bench --shape T=100,B=64,I=512,H=512,layers=1 --mode fwdbwd",
      "  carousel bench --cell gru --shape T=1,B=1,I=64,H=128 --mode stream --json"
    })
final class BenchCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private DeviceArguments deviceArguments;
  @Mixin private PlanArguments planArguments;

  @Option(names = "--cell", paramLabel = "CELL", description = "lstm, gru or rnn (default: lstm).")
  private Cell cell = Cell.LSTM;

  @Option(
      names = "--shape",
      paramLabel = "SHAPE",
      converter = ShapeConverter.class,
      description = "T=steps,B=sequences,I=inputs,H=units[,layers=1].")
  private @Nullable BenchShape shape;

  @Option(
      names = "--directions",
      paramLabel = "N",
      description = "1, or 2 for a bidirectional stack (default: ${DEFAULT-VALUE}).")
  private int directions = 1;

  @Option(
      names = "--mode",
      paramLabel = "MODE",
      description = {
        "train: mean squared error, gradients of inputs and weights, SGD (default);",
        "fwdbwd: gradients of inputs, weights and initial states from a given dY;",
        "infer: forward; stream: T=B=1 with carried state."
      })
  private BenchMode mode = BenchMode.TRAIN;

  @Option(
      names = "--seconds",
      paramLabel = "X",
      description = "Time to measure, after half as much of warm-up (default: ${DEFAULT-VALUE}).")
  private double seconds = 5;

  @Option(names = "--json", description = "Print one JSON object.")
  private boolean json;

  /** Reports a wrong shape as a wrong argument. */
  static final class ShapeConverter implements ITypeConverter<BenchShape> {
    ShapeConverter() {}

    @Override
    public BenchShape convert(String text) {
      try {
        return BenchShape.parse(text);
      } catch (IllegalArgumentException e) {
        throw new TypeConversionException(e.getMessage());
      }
    }
  }

  @Override
  public Integer call() {
    if (!(seconds > 0 && seconds <= 3600)) {
      throw new ParameterException(
          spec.commandLine(), "--seconds must lie above 0, up to 3600, got " + seconds);
    }
    Devices.Selection selection = deviceArguments.open();
    try (Device device = selection.device()) {
      BenchCase what = benchCase(planArguments.precisionOn(device));
      BenchResult result = Benchmark.run(what, device, seconds);
      PrintWriter out = spec.commandLine().getOut();
      if (json) {
        out.println(json(what, result, device).toPrettyString());
      } else {
        print(what, result, selection, out);
      }
    }
    return ExitCode.OK;
  }

  private BenchCase benchCase(Precision precision) {
    if (shape == null) { // not "required", or picocli would name it before a misspelt option
      throw new ParameterException(spec.commandLine(), "Missing required option: '--shape=SHAPE'");
    }
    try {
      return new BenchCase(cell, shape, directions, mode, planArguments.plan(), precision);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
    }
  }

  private static void print(
      BenchCase what, BenchResult result, Devices.Selection selection, PrintWriter out) {
    out.println(DeviceArguments.line(selection));
    BenchShape shape = what.shape();
    out.printf(
        Locale.ROOT,
        "%s %s, T=%d B=%d I=%d H=%d, %d layer(s), %d direction(s), %s, plan %s%s%s%n",
        name(what.mode()),
        name(what.cell()),
        shape.steps(),
        shape.batchSize(),
        shape.inputSize(),
        shape.hiddenSize(),
        shape.layers(),
        what.directions(),
        name(what.precision()),
        result.kernel(),
        result.whyNotFused() == null ? "" : " (" + result.whyNotFused() + ")",
        what.mode().isTraining() ? ", launch " + result.launch() : "");
    Durations seconds = result.seconds();
    out.printf(
        Locale.ROOT,
        "  step      %s median of %d (p10 %s, p90 %s, min %s, max %s)%n",
        milliseconds(seconds.median()),
        seconds.count(),
        milliseconds(seconds.p10()),
        milliseconds(seconds.p90()),
        milliseconds(seconds.min()),
        milliseconds(seconds.max()));
    out.printf(
        Locale.ROOT,
        "  host      %s median until all work was given out, %.2f us per time step%n",
        milliseconds(result.hostSeconds().median()),
        result.hostSeconds().median() * 1e6 / shape.steps());
    out.printf(Locale.ROOT, "  products  %.1f GFLOP/s%n", gigaflops(what, seconds.median()));
    out.printf(
        Locale.ROOT,
        "  memory    %.1f MiB on the device; steady state: %d device allocations,"
            + " %.0f B of heap per time step%n",
        result.deviceBytes() / (double) (1 << 20),
        result.deviceAllocations(),
        result.heapBytesPerTimeStep());
  }

  private static ObjectNode json(BenchCase what, BenchResult result, Device device) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("cell", name(what.cell())).put("mode", name(what.mode()));
    BenchShape shape = what.shape();
    json.put("T", shape.steps()).put("B", shape.batchSize());
    json.put("I", shape.inputSize()).put("H", shape.hiddenSize());
    json.put("layers", shape.layers()).put("directions", what.directions());
    json.put("precision", name(what.precision()));
    json.put("device", device.name()).put("description", device.description());
    json.put("threads", device.threads());
    json.put("plan", result.kernel()).put("whyNotFused", result.whyNotFused());
    json.put("launch", result.launch());
    Durations seconds = result.seconds();
    json.put("steps", seconds.count());
    ObjectNode spread = json.putObject("secondsPerStep");
    spread.put("median", seconds.median()).put("p10", seconds.p10()).put("p90", seconds.p90());
    spread.put("min", seconds.min()).put("max", seconds.max());
    json.put("hostSecondsPerStepMedian", result.hostSeconds().median());
    json.put("flopPerStep", what.flopPerStep());
    json.put("gigaflopsPerSecond", gigaflops(what, seconds.median()));
    json.put("deviceBytes", result.deviceBytes());
    json.put("steadyStateDeviceAllocations", result.deviceAllocations());
    json.put("heapBytesPerTimeStep", result.heapBytesPerTimeStep());
    json.put("carousel", Provenance.carouselVersion()).put("jdk", Version.jdk());
    json.put("system", Version.system());
    return json;
  }

  private static double gigaflops(BenchCase what, double seconds) {
    return what.flopPerStep() / seconds * 1e-9;
  }

  private static String milliseconds(double seconds) {
    return String.format(Locale.ROOT, "%.3f ms", seconds * 1e3);
  }

  private static String name(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }
}
