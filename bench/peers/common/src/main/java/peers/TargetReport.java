package peers;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.text.DecimalFormat;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Says of each target whether it was met: as text for people, and in Markdown for documents. */
final class TargetReport {
  private static final List<String> HEADER =
      List.of(
          "work",
          "workload",
          "threads",
          "measure",
          "Carousel",
          "against",
          "theirs",
          "ratio",
          "target",
          "",
          "kernel");

  private static final int MOST_VERSION = 150; // build flags come last

  private final List<Workload> workloads;
  private final List<String> peers;
  private final Results results;
  private final List<Outcome> outcomes;
  private final Set<String> targetWorkloads;

  /**
   * A report on what was measured.
   *
   * @param file targets.csv
   * @param workloads all there are
   * @param peers all there are
   */
  TargetReport(Path file, List<Workload> workloads, List<Peer> peers, Results results)
      throws IOException {
    this.workloads = workloads;
    this.results = results;
    this.peers = peers.stream().map(Peer::name).filter(results::hasPeer).toList();
    List<String> rivals = this.peers.stream().filter(TargetReport::isRival).toList();
    List<Target> targets =
        Target.read(file).stream()
            .filter(t -> results.has(t.workload()) && results.threads().contains(t.threads()))
            .toList();
    outcomes = targets.stream().map(t -> Outcome.of(t, workloads, rivals, results)).toList();
    targetWorkloads = targets.stream().map(Target::workload).collect(Collectors.toSet());
  }

  private static boolean isRival(String peer) {
    return !peer.startsWith(Outcome.CAROUSEL) && !peer.equals("nothing");
  }

  /** Whether nothing was measured that has a target. */
  boolean isEmpty() {
    return outcomes.isEmpty();
  }

  /** Writes targets.txt and targets.md. */
  void write(Path folder) throws IOException {
    Files.writeString(folder.resolve("targets.txt"), text());
    Files.writeString(folder.resolve("targets.md"), markdown());
  }

  /** For people. */
  String text() {
    List<List<String>> rows = rows();
    int[] widths = new int[HEADER.size()];
    for (List<String> row : rows) {
      Arrays.setAll(widths, i -> Math.max(widths[i], row.get(i).length()));
    }
    StringBuilder text = new StringBuilder("# targets\n");
    warnings().forEach(line -> text.append(line).append('\n'));
    for (List<String> row : rows) {
      String line =
          IntStream.range(0, widths.length)
              .mapToObj(i -> String.format("%-" + Math.max(1, widths[i]) + "s", row.get(i)))
              .collect(Collectors.joining("  "));
      text.append(line.stripTrailing()).append('\n');
    }
    return text.append(summary()).append('\n').toString();
  }

  /** The same, and all times of these workloads. */
  String markdown() {
    StringBuilder text = new StringBuilder();
    for (String version : results.versions()) {
      String line = version.replaceAll(" +", " ");
      text.append("- ").append(line, 0, Math.min(line.length(), MOST_VERSION)).append('\n');
    }
    warnings().forEach(line -> text.append("- **").append(line).append("**\n"));
    text.append('\n');
    List<List<String>> rows = rows();
    addTable(text, rows);
    text.append('\n').append(summary()).append('\n');
    for (int threads : results.threads()) {
      String words = threads == 1 ? "one thread" : threads + " threads";
      text.append("\nMedian milliseconds of a step, ")
          .append(words)
          .append(
              "; streaming: median / p99 microseconds. In brackets: divided by Carousel's.\n\n");
      addTable(text, times(threads));
    }
    return text.toString();
  }

  private static void addTable(StringBuilder text, List<List<String>> rows) {
    for (int i = 0; i < rows.size(); i++) {
      text.append("| ").append(String.join(" | ", rows.get(i))).append(" |\n");
      if (i == 0) {
        text.append("|---".repeat(rows.get(i).size())).append("|\n");
      }
    }
  }

  /** The header and a row for each target. */
  private List<List<String>> rows() {
    List<List<String>> rows = new ArrayList<>(List.of(HEADER));
    for (Outcome o : outcomes) {
      Target t = o.target();
      boolean heap = t.measure().equals(Target.HEAP);
      String least = new DecimalFormat("0.##").format(t.least());
      String target = (heap ? "<= " : ">= ") + (least + " " + t.remark()).trim();
      rows.add(
          List.of(
              t.group(),
              t.workload(),
              "" + t.threads(),
              t.measure(),
              heap ? bytes(o.ours()) : time(t.workload(), o.ours()),
              o.other(),
              heap ? "-" : time(t.workload(), o.theirs()),
              heap || Double.isNaN(o.ratio()) ? "-" : String.format("%.3f", o.ratio()),
              target,
              o.verdict(),
              o.kernel().replaceFirst(" .*", ""))); // the reason of a stepwise plan is in a warning
    }
    return rows;
  }

  /** The header and a row for each workload: what every peer took. */
  private List<List<String>> times(int threads) {
    List<List<String>> rows = new ArrayList<>();
    List<String> header = new ArrayList<>(List.of("workload"));
    header.addAll(peers);
    rows.add(header);
    for (Workload w : workloads) {
      if (targetWorkloads.contains(w.name())) {
        List<String> row = new ArrayList<>(List.of(w.name()));
        Figure ours = results.figure(w.name(), Outcome.CAROUSEL, threads);
        peers.forEach(peer -> row.add(cell(w, results.figure(w.name(), peer, threads), ours)));
        rows.add(row);
      }
    }
    return rows;
  }

  private static String cell(Workload w, Figure figure, Figure ours) {
    if (figure.isEmpty()) {
      return "-";
    }
    double millis = figure.medianMillis();
    String time =
        w.stream()
            ? String.format("%.1f / %.1f", millis * 1e3, figure.p99Millis() * 1e3)
            : String.format(millis < 10 ? "%.2f" : "%.1f", millis);
    boolean alone = ours.isEmpty() || figure.peer().equals(Outcome.CAROUSEL);
    String ratio = alone ? "" : String.format(" (%.2f)", millis / ours.medianMillis());
    return time + ratio + figure.mark();
  }

  private static String bytes(double heap) {
    return Double.isNaN(heap) ? "-" : String.format("%.0f bytes", heap);
  }

  /** With its unit: a step of a stream takes microseconds. */
  private String time(String workload, double millis) {
    if (Double.isNaN(millis)) {
      return "-";
    }
    boolean stream = workloads.stream().anyMatch(w -> w.name().equals(workload) && w.stream());
    return stream
        ? String.format("%.1f us", millis * 1e3)
        : String.format(millis < 10 ? "%.3f ms" : "%.1f ms", millis);
  }

  /** What must not go unnoticed. */
  private List<String> warnings() {
    List<String> lines = new ArrayList<>(results.failures());
    Map<String, Set<String>> unfused = new TreeMap<>();
    for (Figure figure : results.all()) {
      boolean ours = figure.peer().equals(Outcome.CAROUSEL) && !figure.isEmpty();
      if (ours && !figure.kernel().isEmpty() && !figure.kernel().startsWith("fused")) {
        unfused.computeIfAbsent(figure.kernel(), k -> new TreeSet<>()).add(figure.workload());
      }
    }
    unfused.forEach(
        (kernel, names) ->
            lines.add("WARNING: Carousel ran " + kernel + " in " + String.join(", ", names)));
    return lines;
  }

  private String summary() {
    long met = outcomes.stream().filter(o -> o.verdict().startsWith("MET")).count();
    long missed = outcomes.stream().filter(o -> o.verdict().startsWith("MISSED")).count();
    return String.format(
        "%d targets met, %d missed, %d not measured. Ratios: their time divided by ours, in one"
            + " run. (* = no quiet round)",
        met, missed, outcomes.size() - met - missed);
  }
}
