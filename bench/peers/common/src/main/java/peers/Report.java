package peers;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Tables of all figures, for people. */
final class Report {
  private static final String LEGEND =
      "(* = no quiet round: the best round of a busy machine. Quiet: threads waited < 3% of the"
          + " time for a core and others used < 0.25 core)";

  private final List<Workload> workloads;
  private final List<Peer> peers;
  private final Results results;
  private final StringBuilder text = new StringBuilder();

  /** A report on what was measured of these workloads and peers, in their order. */
  Report(List<Workload> workloads, List<Peer> peers, Results results) {
    this.workloads = workloads.stream().filter(w -> results.has(w.name())).toList();
    this.peers = peers.stream().filter(p -> results.hasPeer(p.name())).toList();
    this.results = results;
    line("# versions");
    results.versions().forEach(this::line);
    results.failures().forEach(this::line);
    addKernels();
    results.threads().forEach(this::addTables);
  }

  /** One line of medians, while the run goes on. */
  static String progress(Workload w, List<Figure> row) {
    return w.name()
        + row.stream()
            .filter(f -> !f.isEmpty())
            .map(f -> String.format(" %s/%d=%.4g", f.peer(), f.threads(), f.medianMillis()))
            .collect(Collectors.joining());
  }

  /** What ran where, of the peers that tell. */
  private void addKernels() {
    Map<String, TreeSet<String>> workloadsOf = new TreeMap<>();
    for (Figure figure : results.all()) {
      if (!figure.kernel().isEmpty()) {
        String key = figure.peer() + " ran " + figure.kernel();
        workloadsOf.computeIfAbsent(key, k -> new TreeSet<>()).add(figure.workload());
      }
    }
    workloadsOf.forEach((key, names) -> line("%s: %s", key, String.join(" ", names)));
  }

  /** Adds the figures with that many threads, and their ratios to the first peer's. */
  private void addTables(int threads) {
    double ceiling = ceiling(threads);
    line("");
    line(
        "## %d thread(s)%s. Cells: median ms | GFLOP/s%s; stream: p50 us | p99 us | heap bytes",
        threads,
        ceiling > 0 ? String.format("; SGEMM ceiling %.1f GFLOP/s (best gemm row)", ceiling) : "",
        ceiling > 0 ? " | % of ceiling" : "");
    header();
    for (Workload w : workloads) {
      row(w, peer -> cell(w, figure(w, peer, threads), ceiling));
    }
    line(LEGEND);
    if (peers.size() > 1) {
      line("");
      line("## %d thread(s): time as a multiple of %s's", threads, peers.get(0).name());
      header();
      for (Workload w : workloads) {
        Figure first = figure(w, peers.get(0), threads);
        row(w, peer -> ratio(figure(w, peer, threads), first));
      }
    }
  }

  /** The best product with that many threads. */
  private double ceiling(int threads) {
    double best = 0;
    for (Workload w : workloads) {
      for (Peer peer : peers) {
        Figure figure = figure(w, peer, threads);
        if (w.gemm() && !figure.isEmpty()) {
          best = Math.max(best, figure.gflops());
        }
      }
    }
    return best;
  }

  private Figure figure(Workload w, Peer peer, int threads) {
    return results.figure(w.name(), peer.name(), threads);
  }

  private static String cell(Workload w, Figure figure, double ceiling) {
    if (figure.isEmpty()) {
      return figure.note().startsWith(Worker.SKIP) ? "-" : "ERR";
    }
    double millis = figure.medianMillis();
    if (w.stream()) {
      return String.format(
          "%.1f | %.1f | %.0f%s",
          millis * 1e3, figure.p99Millis() * 1e3, figure.heapBytes(), figure.mark());
    }
    String time = String.format(millis < 10 ? "%.3f" : "%.1f", millis);
    String share = ceiling > 0 ? String.format(" | %.0f%%", 100 * figure.gflops() / ceiling) : "";
    return String.format("%s | %.1f%s%s", time, figure.gflops(), share, figure.mark());
  }

  private static String ratio(Figure figure, Figure first) {
    if (figure.isEmpty() || first.isEmpty()) {
      return "-";
    }
    String mark = figure.isNoisy() || first.isNoisy() ? "*" : "";
    return String.format("%.2f%s", figure.medianMillis() / first.medianMillis(), mark);
  }

  private void header() {
    line(
        "%-18s%s",
        "workload",
        peers.stream().map(p -> String.format(" %26s", p.name())).collect(Collectors.joining()));
  }

  private void row(Workload w, Function<Peer, String> cell) {
    line(
        "%-18s%s",
        w.name(),
        peers.stream()
            .map(p -> String.format(" %26s", cell.apply(p)))
            .collect(Collectors.joining()));
  }

  private void line(String format, Object... arguments) {
    text.append(arguments.length == 0 ? format : String.format(format, arguments)).append('\n');
  }

  @Override
  public String toString() {
    return text.toString();
  }
}
