package io.carousel.cli.bench;

import com.fasterxml.jackson.databind.JsonNode;
import io.carousel.cli.bench.MeasuredLines.Place;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Markdown tables of what the suites of {@code carousel bench} found. */
final class PerformanceTables {
  private static final double MEBIBYTE = 1 << 20;

  private final MeasuredLines measured;

  PerformanceTables(MeasuredLines measured) {
    this.measured = measured;
  }

  /** One section for each suite that was run. */
  String all() {
    return machines()
        + steps("cpu", "Both plans of the CPU")
        + ragged()
        + streams()
        + sessions()
        + scaling()
        + soak();
  }

  /** Where and when, and the ceilings. */
  private String machines() {
    List<JsonNode> machines =
        measured.lines().stream()
            .filter(line -> line.get("kind").asText().equals("machine"))
            .toList();
    if (machines.isEmpty()) {
      return "";
    }
    StringBuilder rows = new StringBuilder();
    for (JsonNode line : machines) {
      rows.append(
          row(
              line.get("suite").asText(),
              line.get("threads").asText(),
              line.get("time").asText().substring(0, 16).replace('T', ' '),
              line.has("products") ? number(0, line.get("gigaflopsPerSecond").asDouble()) : "",
              bandwidths(line)));
    }
    JsonNode first = machines.get(0);
    return "### Machine and ceilings\n\n"
        + "%s; %s processors; JDK %s; %s.\n\n"
            .formatted(
                first.get("description").asText().replaceFirst(", \\d+ threads?$", ""),
                first.get("processors").asText(),
                first.get("jdk").asText(),
                first.get("system").asText())
        + head("suite", ">threads", "UTC", ">GFLOP/s", "GB/s by working set")
        + rows
        + "\n";
  }

  private static String bandwidths(JsonNode machine) {
    List<String> words = new ArrayList<>();
    for (JsonNode set : machine.path("traffic")) {
      double best =
          Math.max(
              set.get("copyBytesPerSecond").asDouble(), set.get("readBytesPerSecond").asDouble());
      double size = set.get("workingSetBytes").asDouble() / MEBIBYTE;
      words.add(digitsOfSize(size) + " MiB: " + number(0, best * 1e-9));
    }
    return String.join(", ", words);
  }

  private static String digitsOfSize(double mebibytes) {
    return mebibytes < 1 ? number(2, mebibytes) : number(0, mebibytes);
  }

  /** Both plans in one row. */
  private String steps(String suite, String title) {
    StringBuilder rows = new StringBuilder();
    for (Place place : measured.places(suite)) {
      Optional<JsonNode> stepwise = measured.find(place, "stepwise");
      Optional<JsonNode> fused = measured.find(place, "fused");
      JsonNode best = fused.or(() -> stepwise).orElseThrow();
      rows.append(
          row(
              place.workload(),
              Integer.toString(place.threads()),
              stepwise.map(PerformanceTables::milliseconds).orElse(""),
              fused.map(PerformanceTables::milliseconds).orElse(""),
              ratio(stepwise, fused),
              number(1, best.get("gigaflopsPerSecond").asDouble()),
              share(best),
              stepwise.map(PerformanceTables::mebibytes).orElse(""),
              fused.map(PerformanceTables::mebibytes).orElse(""),
              number(0, best.get("heapBytesPerTimeStep").asDouble())));
    }
    return rows.isEmpty()
        ? ""
        : "### "
            + title
            + "\n\nMedian milliseconds a step (10th to 90th percentile). The columns"
            + " after the ratio are of the fused plan where there is one.\n\n"
            + head(
                "workload",
                ">threads",
                ">stepwise",
                ">fused",
                ">ratio",
                ">GFLOP/s",
                ">of roofline",
                ">MiB stepwise",
                ">MiB fused",
                ">heap B a time step")
            + rows
            + "\n";
  }

  private String ragged() {
    StringBuilder rows = new StringBuilder();
    for (Place place : measured.places("ragged")) {
      if (!place.workload().startsWith("ragged-")) {
        continue;
      }
      Place dense =
          new Place("ragged", place.workload().substring("ragged-".length()), place.threads());
      for (String plan : List.of("stepwise", "fused")) {
        Optional<JsonNode> own = measured.find(place, plan);
        Optional<JsonNode> other = measured.find(dense, plan);
        if (own.isPresent() && other.isPresent()) {
          double time = median(own.get()) / median(other.get());
          double share = own.get().get("rows").asDouble() / other.get().get("rows").asDouble();
          rows.append(
              row(
                  place.workload(),
                  Integer.toString(place.threads()),
                  own.get().get("plan").asText(),
                  milliseconds(other.get()),
                  milliseconds(own.get()),
                  number(3, time),
                  number(3, share),
                  number(2, share / time)));
        }
      }
    }
    return rows.isEmpty()
        ? ""
        : "### Ragged lengths\n\nMilliseconds a step, packing included. At best the time falls as"
            + " the rows do.\n\n"
            + head(
                "workload",
                ">threads",
                "plan",
                ">dense",
                ">ragged",
                ">time, ragged/dense",
                ">rows, ragged/dense",
                ">rows/time")
            + rows
            + "\n";
  }

  private String streams() {
    StringBuilder rows = new StringBuilder();
    for (Place place : measured.places("stream")) {
      for (String plan : List.of("stepwise", "fused")) {
        measured
            .find(place, plan)
            .ifPresent(
                line ->
                    rows.append(
                        row(
                            place.workload(),
                            Integer.toString(place.threads()),
                            line.get("plan").asText(),
                            digits(median(line) * 1e6) + mark(line),
                            digits(line.at("/secondsPerStep/p99").asDouble() * 1e6),
                            share(line),
                            number(0, line.get("heapBytesPerTimeStep").asDouble()),
                            line.get("steadyStateDeviceAllocations").asText())));
      }
    }
    return rows.isEmpty()
        ? ""
        : "### Streaming\n\nOne step of one sequence, microseconds.\n\n"
            + head(
                "workload",
                ">threads",
                "plan",
                ">p50",
                ">p99",
                ">of roofline",
                ">heap B a step",
                ">device allocations")
            + rows
            + "\n";
  }

  private String sessions() {
    StringBuilder rows = new StringBuilder();
    for (JsonNode line : measured.of("session", "sessions")) {
      JsonNode seconds = line.get("secondsPerStep");
      rows.append(
          row(
              line.get("workload").asText(),
              line.get("threads").asText(),
              line.get("way").asText(),
              line.get("sessions").asText(),
              digits(seconds.get("median").asDouble() * 1e6),
              digits(seconds.get("p99").asDouble() * 1e6),
              String.format(Locale.ROOT, "%,.0f", line.get("stepsPerSecond").asDouble()),
              number(1, line.get("meanBatch").asDouble())));
    }
    return rows.isEmpty()
        ? ""
        : "### Sessions\n\nFrom a call to its outputs, microseconds; each session of a pool sends"
            + " its next step when the last one is answered.\n\n"
            + head(
                "workload",
                ">threads",
                "way",
                ">sessions",
                ">p50",
                ">p99",
                ">steps/s of all",
                ">mean batch")
            + rows
            + "\n";
  }

  private String scaling() {
    StringBuilder rows = new StringBuilder();
    for (Place place : measured.places("scaling")) {
      Place base = new Place("scaling", "base", place.threads());
      for (String plan : List.of("stepwise", "fused")) {
        Optional<JsonNode> own = measured.find(place, plan);
        Optional<JsonNode> first = measured.find(base, plan);
        if (own.isPresent() && first.isPresent() && !place.equals(base)) {
          rows.append(scalingRow(place, own.get(), first.get()));
        }
      }
    }
    return rows.isEmpty()
        ? ""
        : "### Cost as it grows\n\nFrom T=64, N=16, I=H=128, one layer (LSTM, training). Each"
            + " column: measured growth, growth by the formula, and their quotient.\n\n"
            + head(
                "doubled",
                ">threads",
                "plan",
                ">time",
                ">FLOP",
                ">time/FLOP",
                ">memory",
                ">formula",
                ">memory/formula")
            + rows
            + "\n";
  }

  private static String scalingRow(Place place, JsonNode own, JsonNode base) {
    double time = median(own) / median(base);
    double flop = own.get("flopPerStep").asDouble() / base.get("flopPerStep").asDouble();
    double memory = own.get("peakDeviceBytes").asDouble() / base.get("peakDeviceBytes").asDouble();
    double formula = own.get("formulaBytes").asDouble() / base.get("formulaBytes").asDouble();
    return row(
        place.workload(),
        Integer.toString(place.threads()),
        own.get("plan").asText(),
        number(2, time),
        number(2, flop),
        number(2, time / flop),
        number(2, memory),
        number(2, formula),
        number(2, memory / formula));
  }

  private String soak() {
    StringBuilder rows = new StringBuilder();
    for (JsonNode look : measured.of("soak", "soak")) {
      rows.append(
          row(
              String.format(Locale.ROOT, "%,d", look.get("step").asLong()),
              number(0, look.get("seconds").asDouble()),
              String.format(Locale.ROOT, "%,d", look.get("deviceBytes").asLong()),
              look.has("residentBytes")
                  ? number(1, look.get("residentBytes").asDouble() / MEBIBYTE)
                  : "-",
              number(1, look.get("heapBytes").asDouble() / MEBIBYTE)));
    }
    return rows.isEmpty()
        ? ""
        : "### Long training\n\n"
            + head(">steps", ">seconds", ">device bytes", ">resident MiB", ">Java heap, MiB")
            + rows
            + "\n";
  }

  private static String ratio(Optional<JsonNode> stepwise, Optional<JsonNode> fused) {
    return stepwise.isPresent() && fused.isPresent()
        ? number(2, median(stepwise.get()) / median(fused.get()))
        : "";
  }

  private static double median(JsonNode line) {
    return line.at("/secondsPerStep/median").asDouble();
  }

  private static String milliseconds(JsonNode line) {
    JsonNode seconds = line.get("secondsPerStep");
    return "%s%s (%s–%s)"
        .formatted(
            digits(median(line) * 1e3),
            mark(line),
            digits(seconds.get("p10").asDouble() * 1e3),
            digits(seconds.get("p90").asDouble() * 1e3));
  }

  /** No turn was quiet. */
  private static String mark(JsonNode line) {
    return line.get("quietTurns").asInt() == 0 ? "*" : "";
  }

  private static String share(JsonNode line) {
    return number(0, 100 * line.at("/roofline/share").asDouble()) + " %";
  }

  private static String mebibytes(JsonNode line) {
    return number(1, line.get("peakDeviceBytes").asDouble() / MEBIBYTE);
  }

  /** Headings; one that starts with > is of numbers. */
  private static String head(String... names) {
    StringBuilder lines = new StringBuilder("|");
    for (String name : names) {
      lines.append(' ').append(name.replaceFirst("^>", "")).append(" |");
    }
    lines.append("\n|");
    for (String name : names) {
      lines.append(name.startsWith(">") ? "---:|" : "---|");
    }
    return lines.append('\n').toString();
  }

  private static String row(String... cells) {
    return "| " + String.join(" | ", cells) + " |\n";
  }

  static String number(int decimals, double value) {
    return String.format(Locale.ROOT, "%." + decimals + "f", value);
  }

  /** Three or four digits that count. */
  static String digits(double value) {
    return number(
        value >= 1000 ? 0 : value >= 100 ? 1 : value >= 1 ? 2 : value >= 0.1 ? 3 : 5, value);
  }
}
