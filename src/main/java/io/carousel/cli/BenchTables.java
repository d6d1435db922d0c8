package io.carousel.cli;

import io.carousel.cli.bench.BenchCase;
import io.carousel.cli.bench.BenchMode;
import io.carousel.cli.bench.BenchResult;
import io.carousel.cli.bench.Ceilings;
import io.carousel.cli.bench.Cost;
import io.carousel.cli.bench.Durations;
import io.carousel.cli.bench.Linux;
import io.carousel.cli.bench.Scaling;
import io.carousel.device.Device;
import io.carousel.device.PlanChoice;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** What a suite found, for people: at most 100 columns. */
final class BenchTables {
  static final String STEPWISE = "stepwise";
  private static final int COLUMNS = 100;

  private final Device device;
  private final Ceilings ceilings;

  /** Tables of what ran on a device with these ceilings. */
  BenchTables(Device device, Ceilings ceilings) {
    this.device = device;
    this.ceilings = ceilings;
  }

  /** A result and the name of its workload. */
  record Row(String workload, BenchCase what, BenchResult result) {
    boolean isStream() {
      return what.mode() == BenchMode.STREAM;
    }
  }

  /** Prints the tables and what must be said about them. */
  void print(List<Row> rows, PrintWriter out) {
    steps(rows.stream().filter(row -> !row.isStream()).toList(), out);
    streams(rows.stream().filter(Row::isStream).toList(), out);
    if (rows.stream().anyMatch(row -> row.result().quietTurns() == 0)) {
      out.println("* no quiet turn: other processes were at work; repeat it on an idle machine");
    }
    reasons(rows, out);
    wrapped(
        "roof: share of the least time that the ceilings allow; ratio: time of the stepwise plan"
            + " / this",
        out);
    ceilings(out);
  }

  private void steps(List<Row> rows, PrintWriter out) {
    if (rows.isEmpty()) {
      return;
    }
    TextTable table =
        new TextTable(
            "workload",
            "plan",
            ">ms",
            ">p10",
            ">p90",
            ">GFLOP/s",
            ">roof",
            ">MiB",
            ">heap B",
            ">alloc",
            ">ratio");
    for (Row row : rows) {
      Durations seconds = row.result().seconds();
      table.row(
          row.workload(),
          row.result().kernel(),
          digits(seconds.median() * 1e3) + mark(row),
          digits(seconds.p10() * 1e3),
          digits(seconds.p90() * 1e3),
          gigaflops(row),
          roof(row),
          mebibytes(row),
          heap(row),
          Long.toString(row.result().deviceAllocations()),
          ratio(row, rows));
    }
    table.print(out, "");
  }

  private void streams(List<Row> rows, PrintWriter out) {
    if (rows.isEmpty()) {
      return;
    }
    TextTable table =
        new TextTable(
            "workload",
            "plan",
            ">p50 us",
            ">p99 us",
            ">GFLOP/s",
            ">roof",
            ">MiB",
            ">heap B",
            ">alloc",
            ">ratio");
    for (Row row : rows) {
      table.row(
          row.workload(),
          row.result().kernel(),
          digits(row.result().seconds().median() * 1e6) + mark(row),
          digits(row.result().seconds().p99() * 1e6),
          gigaflops(row),
          roof(row),
          mebibytes(row),
          heap(row),
          Long.toString(row.result().deviceAllocations()),
          ratio(row, rows));
    }
    table.print(out, "");
  }

  /** Each plan's growth against the formulas, from its own first workload. */
  void scaling(List<Row> rows, PrintWriter out) {
    TextTable table =
        new TextTable(
            "doubled",
            "plan",
            ">time x",
            ">FLOP x",
            ">time/FLOP",
            ">memory x",
            ">formula x",
            ">memory/formula");
    Map<String, Row> bases = new LinkedHashMap<>();
    for (Row row : rows) {
      Row base = bases.computeIfAbsent(row.result().kernel(), kernel -> row);
      if (base.equals(row)) {
        continue;
      }
      double time = row.result().seconds().median() / base.result().seconds().median();
      double flop = formula(row).seconds() / formula(base).seconds();
      double memory = (double) row.result().peakDeviceBytes() / base.result().peakDeviceBytes();
      double bytes = formula(row).deviceBytes() / formula(base).deviceBytes();
      table.row(
          row.workload(),
          row.result().kernel(),
          number("%.2f", time),
          number("%.2f", flop),
          number("%.2f", time / flop),
          number("%.2f", memory),
          number("%.2f", bytes),
          number("%.2f", memory / bytes));
    }
    table.print(out, "");
    bases
        .values()
        .forEach(
            base ->
                out.printf(
                    Locale.ROOT,
                    "%s, %s: %.2f MiB at most, by the formula %.2f MiB%n",
                    base.workload(),
                    base.result().kernel(),
                    base.result().peakDeviceBytes() / (double) (1 << 20),
                    formula(base).deviceBytes() / (1 << 20)));
  }

  /** What the formulas say about a row. */
  Scaling formula(Row row) {
    return Scaling.of(row.what(), device, !row.result().kernel().equals(STEPWISE));
  }

  private static void reasons(List<Row> rows, PrintWriter out) {
    Map<String, TreeSet<String>> workloads = new LinkedHashMap<>();
    for (Row row : rows) {
      String why = row.result().whyNotFused();
      if (why != null && row.what().plan() != PlanChoice.STEPWISE) {
        workloads.computeIfAbsent(why, reason -> new TreeSet<>()).add(row.workload());
      }
    }
    workloads.forEach(
        (why, names) -> wrapped("no fused plan for " + String.join(", ", names) + ": " + why, out));
  }

  private void ceilings(PrintWriter out) {
    Ceilings.Product best =
        ceilings.products().stream()
            .reduce((a, b) -> a.flopPerSecond() >= b.flopPerSecond() ? a : b)
            .orElseThrow();
    String sets =
        ceilings.traffic().stream()
            .map(
                set ->
                    number("%.1f GB/s", ceilings.bytesPerSecond((double) set.bytes()) * 1e-9)
                        + (set.bytes() < 1 << 20
                            ? " in %d KiB".formatted(set.bytes() >> 10)
                            : " in %d MiB".formatted(set.bytes() >> 20)))
            .collect(Collectors.joining(", "));
    wrapped(
        String.format(
            Locale.ROOT,
            "ceilings: %.1f GFLOP/s (%d x %d x %d); %s",
            best.flopPerSecond() * 1e-9,
            best.m(),
            best.n(),
            best.k(),
            sets),
        out);
    OptionalLong peak = Linux.peakResidentBytes();
    out.println(
        "memory of this process, all plans: "
            + (peak.isPresent() ? "at most " + (peak.getAsLong() >> 20) + " MiB" : "-"));
  }

  private static void wrapped(String words, PrintWriter out) {
    StringBuilder line = new StringBuilder();
    for (String word : words.split(" ", -1)) {
      if (line.length() + 1 + word.length() > COLUMNS) {
        out.println(line);
        line.setLength(0);
      }
      line.append(line.length() == 0 ? "" : " ").append(word);
    }
    out.println(line);
  }

  private String gigaflops(Row row) {
    return number("%.1f", row.result().gigaflops(Cost.of(row.what(), device)));
  }

  private String roof(Row row) {
    double bound = ceilings.boundSeconds(Cost.of(row.what(), device));
    return number("%.0f%%", 100 * bound / row.result().seconds().median());
  }

  private static String mebibytes(Row row) {
    return number("%.1f", row.result().peakDeviceBytes() / (double) (1 << 20));
  }

  private static String heap(Row row) {
    return number("%.0f", row.result().heapBytesPerTimeStep());
  }

  /** How many times faster than the stepwise plan in the same rounds. */
  private static String ratio(Row row, List<Row> rows) {
    return rows.stream()
        .filter(other -> other.workload().equals(row.workload()))
        .filter(other -> !other.equals(row) && other.result().kernel().equals(STEPWISE))
        .findFirst()
        .map(
            other ->
                number("%.2f", other.result().seconds().median() / row.result().seconds().median()))
        .orElse("");
  }

  private static String mark(Row row) {
    return row.result().quietTurns() == 0 ? "*" : "";
  }

  private static String number(String format, double value) {
    return String.format(Locale.ROOT, format, value);
  }

  /** Four digits that count, at most four behind the point. */
  static String digits(double value) {
    int before = value < 1 ? 1 : (int) Math.floor(Math.log10(value)) + 1;
    return number("%." + Math.max(0, 4 - before) + "f", value);
  }
}
