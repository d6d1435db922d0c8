package io.carousel.cli;

import io.carousel.cli.bench.BenchCase;
import io.carousel.cli.bench.BenchMode;
import io.carousel.cli.bench.BenchResult;
import io.carousel.cli.bench.BenchShape;
import io.carousel.cli.bench.Benchmark;
import io.carousel.cli.bench.Ceilings;
import io.carousel.cli.bench.Coverage;
import io.carousel.cli.bench.Measurement;
import io.carousel.cli.bench.Soak;
import io.carousel.cli.bench.Suite;
import io.carousel.device.Cell;
import io.carousel.device.Device;
import io.carousel.device.Devices;
import io.carousel.device.PlanChoice;
import io.carousel.device.Precision;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import java.util.stream.Collectors;
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
          + " gradients), device memory, and what the steady state allocates. A suite also shows"
          + " the share of the roofline that was measured in the same run, and plans side by side,"
          + " in turns (docs/performance.md).",
      ""
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  carousel bench --suite cpu --threads 1",
      "  carousel bench --suite stream --json-lines stream.jsonl",
      "  carousel bench --shape T=100,B=64,I=512,H=512,layers=1 --mode fwdbwd",
      "  carousel bench --cell gru --shape T=1,B=1,I=64,H=128 --mode stream --json"
    })
final class BenchCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private TrainingDeviceArguments deviceArguments;
  @Mixin private PlanArguments planArguments;

  @Option(names = "--cell", paramLabel = "CELL", description = "lstm, gru or rnn (default: lstm).")
  private Cell cell = Cell.LSTM;

  @Option(
      names = "--shape",
      paramLabel = "SHAPE",
      converter = ShapeConverter.class,
      description = "T=steps,B=sequences,I=inputs,H=units[,layers=1][,lengths=dense|ragged].")
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
      description =
          "Time to measure, after half as much of warm-up (default: 5; in a suite 2 for each"
              + " workload and plan). Where other processes disturb it, up to twice as long.")
  private @Nullable Double seconds;

  @Option(
      names = "--suite",
      paramLabel = "SUITE",
      description = {
        "In place of --shape, named workloads, each with every plan that the device offers unless"
            + " --plan names one:",
        "cpu, gpu, ragged, stream;",
        "sessions: steps of served streams, one called directly and 1, 64, 1000 in a pool;",
        "scaling: one size doubled at a time, time and memory against the formulas;",
        "soak: long training whose memory must stay flat (exit code 1 if it grows)."
      })
  private @Nullable Suite suite;

  @Option(
      names = "--only",
      paramLabel = "REGEX",
      converter = PatternConverter.class,
      description =
          "Workloads of the suite in whose name it is found (default: all). Of suite gpu, coverage"
              + " is the grid of stacks that have a fused plan, in every precision unless one is"
              + " named; it is not timed.")
  private @Nullable Pattern only;

  @Option(
      names = "--steps",
      paramLabel = "N",
      description = "Training steps of suite soak, at least 100 (default: ${DEFAULT-VALUE}).")
  private long steps = 1_000_000;

  @Option(
      names = "--json",
      description = "Print one JSON object; of a suite one object a line, the machine first.")
  private boolean json;

  @Option(
      names = "--json-lines",
      paramLabel = "FILE",
      description = "Of a suite, write these lines to a file, too; it is overwritten.")
  private @Nullable Path jsonLines;

  @Option(names = "--plain", description = "Plain lines in place of a line that is written over.")
  private boolean plain;

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

  /** Reports a wrong regular expression as a wrong argument. */
  static final class PatternConverter implements ITypeConverter<Pattern> {
    PatternConverter() {}

    @Override
    public Pattern convert(String text) {
      try {
        return Pattern.compile(text);
      } catch (PatternSyntaxException e) {
        throw new TypeConversionException(
            "'%s' is no regular expression: %s".formatted(text, e.getDescription()));
      }
    }
  }

  @Override
  public Integer call() throws IOException {
    checkArguments();
    Devices.Selection selection = deviceArguments.open();
    try (Device device = selection.device()) {
      if (suite != null) {
        return runSuite(suite, selection);
      }
      BenchCase what = benchCase(planArguments.precisionOn(device));
      BenchResult result;
      try (Measurement measurement = new Measurement(what, device)) {
        result = Benchmark.run(List.of(measurement), secondsOr(5), (done, total) -> {}).get(0);
      }
      PrintWriter out = spec.commandLine().getOut();
      if (json) {
        out.println(BenchJson.result(what, result, device).toPrettyString());
      } else {
        BenchSummary.print(what, result, selection, out);
      }
    }
    return ExitCode.OK;
  }

  private void checkArguments() {
    if (!(secondsOr(1) > 0 && secondsOr(1) <= 3600)) {
      throw wrong("--seconds must lie above 0, up to 3600, got " + seconds);
    }
    if (suite == null && shape == null) {
      // not "required", or picocli would name it before a misspelt option
      throw wrong("Missing required option: '--shape=SHAPE' or '--suite=SUITE'");
    }
    if (suite != null && shape != null) {
      throw wrong("--suite and --shape exclude each other: a suite has its own shapes");
    }
    if (steps < Soak.FEWEST_STEPS) {
      throw wrong("--steps must be at least %d, got %d".formatted(Soak.FEWEST_STEPS, steps));
    }
    if (suite == null && (only != null || jsonLines != null)) {
      throw wrong("--only and --json-lines belong to --suite");
    }
    if (suite != null) {
      refuse("a suite has its own", "--cell", "--directions", "--mode");
    }
    if (suite == Suite.SESSIONS) {
      refuse("suite sessions takes the plan that a served model takes", "--only", "--plan");
    }
    if (suite == null ? !mode.isTraining() : suite == Suite.STREAM || suite == Suite.SESSIONS) {
      refuse("nothing runs backward", "--recompute");
    }
    if (planArguments.given() == PlanChoice.STEPWISE) {
      refuse("the stepwise plan keeps all gates", "--recompute");
    }
    if (suite == Suite.SOAK) {
      refuse("suite soak takes --steps", "--seconds", "--only");
    } else {
      refuse("it belongs to --suite soak", "--steps");
    }
  }

  /** What would have no effect is said, not ignored. */
  private void refuse(String why, String... options) {
    for (String option : options) {
      if (spec.commandLine().getParseResult().hasMatchedOption(option)) {
        throw wrong(option + " has no effect here: " + why);
      }
    }
  }

  private double secondsOr(double standard) {
    return seconds == null ? standard : seconds;
  }

  private ParameterException wrong(String problem) {
    return new ParameterException(spec.commandLine(), problem);
  }

  private int runSuite(Suite chosen, Devices.Selection selection) throws IOException {
    Device device = selection.device();
    List<Suite.Named> workloads = workloads(chosen);
    Precision precision = planArguments.precisionOn(device);
    PrintWriter out = spec.commandLine().getOut();
    try (BenchLines lines = BenchLines.open(json ? out : null, jsonLines)) {
      if (!json) {
        out.println(DeviceArguments.line(selection));
        out.flush();
      }
      if (chosen == Suite.SOAK) {
        return soak(workloads.get(0).with(planArguments.plan(), precision), device, lines);
      }
      if (chosen == Suite.SESSIONS) {
        return sessions(workloads.get(0), precision, device, lines);
      }
      Ceilings ceilings = Ceilings.measure(device, precision, secondsOr(2));
      lines.write(BenchJson.machine(BenchJson.word(chosen), device, ceilings));
      BenchSuite run =
          new BenchSuite(
              chosen,
              workloads,
              precision,
              planArguments.given(),
              device,
              () -> deviceArguments.open().device());
      List<BenchTables.Row> rows = measure(run, ceilings, lines);
      List<Coverage.Place> grid =
          wantsGrid(chosen) ? Coverage.of(device, planArguments.precisionsOn(device)) : List.of();
      grid.forEach(place -> lines.write(BenchGrid.json(place)));
      if (!json) {
        BenchTables tables = new BenchTables(device, ceilings);
        if (chosen == Suite.SCALING) {
          tables.scaling(rows, out);
        }
        tables.print(rows, out);
        if (!grid.isEmpty()) {
          BenchGrid.print(grid, out);
        }
      }
    }
    return ExitCode.OK;
  }

  private List<Suite.Named> workloads(Suite chosen) {
    List<Suite.Named> workloads = only == null ? chosen.workloads() : chosen.workloads(only);
    if (workloads.isEmpty() && !wantsGrid(chosen)) {
      throw wrong(
          "--only '%s' leaves none of %s"
              .formatted(
                  only,
                  chosen.workloads().stream()
                      .map(Suite.Named::name)
                      .collect(Collectors.joining(", "))));
    }
    return workloads;
  }

  /** The grid of fused plans counts as a workload of that name. */
  private boolean wantsGrid(Suite chosen) {
    return chosen == Suite.GPU && (only == null || only.matcher("coverage").find());
  }

  private List<BenchTables.Row> measure(BenchSuite run, Ceilings ceilings, BenchLines lines) {
    boolean overwrites = !plain && ConsoleProgress.isTerminal();
    PrintWriter err = spec.commandLine().getErr();
    try (BenchProgress progress =
        new BenchProgress(err, overwrites, System::nanoTime, run.groups())) {
      return run.run(secondsOr(2), ceilings, progress, lines::write);
    }
  }

  private int soak(BenchCase what, Device device, BenchLines lines) {
    lines.write(BenchJson.machine(BenchJson.word(Suite.SOAK), device, null));
    PrintWriter out = json ? null : spec.commandLine().getOut();
    String growth = BenchSoak.run(what, device, steps, out, lines::write);
    if (growth != null) {
      Failure.print(spec.commandLine(), growth);
      return ExitCode.SOFTWARE;
    }
    return ExitCode.OK;
  }

  private int sessions(Suite.Named workload, Precision precision, Device device, BenchLines lines)
      throws IOException {
    lines.write(BenchJson.machine(BenchJson.word(Suite.SESSIONS), device, null));
    PrintWriter out = json ? null : spec.commandLine().getOut();
    BenchCase what = workload.with(planArguments.plan(), precision);
    BenchSessions.run(workload, what, device, secondsOr(2), out, lines::write);
    return ExitCode.OK;
  }

  private BenchCase benchCase(Precision precision) {
    try {
      return new BenchCase(
          cell, Objects.requireNonNull(shape), directions, mode, planArguments.plan(), precision);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
    }
  }
}
