package io.carousel.cli;

import io.carousel.device.Device;
import io.carousel.device.Devices;
import io.carousel.lab.Experiment;
import io.carousel.lab.Figures;
import io.carousel.lab.LabFiles;
import io.carousel.lab.LabResult;
import io.carousel.lab.Laboratory;
import io.carousel.lab.Outcome;
import io.carousel.lab.Scale;
import io.carousel.lab.Setting;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Runs experiments of the laboratory. */
@Command(
    name = "lab",
    header = "See an idea about recurrent networks put to the test.",
    description = {
      "",
      "Each experiment explains itself, prints its figures, and passes or fails by them. Without"
          + " NAME it lists them. The exit code is 1 when one failed.",
      ""
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  carousel lab                  what there is",
      "  carousel lab sgd              one experiment, at most two minutes",
      "  carousel lab all --quick      all of them, at most 15 seconds each",
      "",
      "The run's folder gets lab.json and report.html."
    })
final class LabCommand implements Callable<Integer> {
  private static final String ALL = "all";
  private static final int COLUMNS = 80;

  @Spec private CommandSpec spec;
  @Mixin private DeviceArguments deviceArguments;

  @Parameters(arity = "0..1", paramLabel = "NAME", description = "An experiment, or all.")
  private @Nullable String name;

  @Option(names = "--quick", description = "The smallest form, at most 15 seconds on two cores.")
  private boolean quick;

  @Option(names = "--full", description = "The published setting, however long it takes.")
  private boolean full;

  @Option(
      names = "--seed",
      paramLabel = "N",
      description = "Seed of what is drawn; repetitions take those after it (default: 1).")
  private long seed = 1;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "Folder of the run, new or empty (default: runs/TIME-lab-NAME).")
  private @Nullable Path out;

  @Option(names = "--json", description = "Print what lab.json holds, nothing else.")
  private boolean json;

  @Override
  public Integer call() throws IOException {
    PrintWriter print = spec.commandLine().getOut();
    if (name == null) {
      Laboratory.experiments().forEach(e -> print.printf("%-12s  %s%n", e.name(), e.question()));
      print.printf("%ncarousel lab NAME runs one of them, carousel lab all --quick all.%n");
      return ExitCode.OK;
    }
    List<Experiment> experiments = experiments(name);
    if (quick && full) {
      throw new ParameterException(spec.commandLine(), "--quick and --full exclude each other");
    }
    Scale scale = quick ? Scale.QUICK : full ? Scale.FULL : Scale.NORMAL;
    Devices.Selection selection = deviceArguments.open();
    try (Device device = selection.device()) {
      LabFiles files = LabFiles.in(out == null ? RunArguments.newFolder("lab-" + name) : out);
      Setting setting = new Setting(device, scale, seed);
      if (!json) {
        print.println(DeviceArguments.line(selection));
      }
      List<LabResult> results = new ArrayList<>();
      for (Experiment experiment : experiments) {
        results.add(run(experiment, setting, print));
      }
      files.write(results, setting);
      if (json) {
        print.println(LabFiles.json(results, setting));
      } else {
        end(results, files, print);
      }
      boolean passed = results.stream().allMatch(result -> result.outcome().passed());
      return passed ? ExitCode.OK : ExitCode.SOFTWARE;
    }
  }

  private List<Experiment> experiments(String wanted) {
    if (wanted.equals(ALL)) {
      return Laboratory.experiments();
    }
    Experiment one = Laboratory.find(wanted).orElse(null);
    if (one == null) {
      String known =
          Laboratory.experiments().stream().map(Experiment::name).collect(Collectors.joining(", "));
      throw new ParameterException(
          spec.commandLine(), "unknown experiment '%s': %s, %s".formatted(wanted, known, ALL));
    }
    return List.of(one);
  }

  private LabResult run(Experiment experiment, Setting setting, PrintWriter print)
      throws IOException {
    if (!json) {
      print.printf("%n%s: %s%n%n", experiment.name(), experiment.question());
      print.flush();
    }
    LabResult result = Laboratory.run(experiment, setting);
    if (!json) {
      print(result, print);
      print.flush();
    }
    return result;
  }

  private static void print(LabResult result, PrintWriter print) {
    Outcome outcome = result.outcome();
    for (String paragraph : outcome.explanation()) {
      wrap(paragraph, print);
      print.println();
    }
    for (Figures figures : outcome.figures()) {
      print.println(figures.caption());
      String[] headings = figures.headings().toArray(new String[0]);
      for (int i = 0; i < headings.length; i++) {
        headings[i] = figures.isNumeric(i) ? ">" + headings[i] : headings[i];
      }
      TextTable table = new TextTable(headings);
      for (List<Object> row : figures.rows()) {
        table.row(row.stream().map(Figures::shown).toArray(String[]::new));
      }
      table.print(print, "  ");
      print.println();
    }
    outcome
        .checks()
        .forEach(
            check ->
                print.printf(
                    "%s  %s: %s, must be %s%n",
                    word(check.passed()),
                    check.words(),
                    Figures.shown(check.value()),
                    check.condition()));
  }

  private static void wrap(String paragraph, PrintWriter print) {
    StringBuilder line = new StringBuilder();
    for (String word : paragraph.split("\\s+", -1)) {
      if (line.length() + 1 + word.length() > COLUMNS) {
        print.println(line);
        line.setLength(0);
      }
      line.append(line.length() == 0 ? "" : " ").append(word);
    }
    print.println(line);
  }

  private static void end(List<LabResult> results, LabFiles files, PrintWriter print) {
    print.println();
    TextTable table = new TextTable("experiment", "result", ">time");
    for (LabResult result : results) {
      table.row(
          result.experiment().name(),
          word(result.outcome().passed()),
          String.format(Locale.ROOT, "%.1f s", result.seconds()));
    }
    table.print(print, "");
    print.println();
    print.println("figures          " + files.json());
    print.println("report           " + files.report());
  }

  private static String word(boolean passed) {
    return passed ? "PASS" : "FAIL";
  }
}
