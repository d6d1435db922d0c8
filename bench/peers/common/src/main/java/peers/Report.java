package peers;

import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Tables for people and lines for programs. */
final class Report {
  static final String CSV_HEADER =
      "workload,peer,threads,median_ms,min_ms,p99_ms,cpu_ms,gflops,steps,rounds,quiet_rounds,noise,note\n";

  private static final String LEGEND =
      "(* = no quiet round: the best round of a busy machine. Quiet: threads waited < 3% of the time"
          + " for a core and others used < 0.25 core)";

  private final List<Workload> workloads;
  private final List<Peer> peers;
  private final Map<String, Map<String, Timing>> timings;
  private final StringBuilder text;

  /**
   * A report.
   *
   * @param timings by workload's name, then by {@link WorkerProcess#id}
   * @param text what comes before the tables; they are added to it
   */
  Report(
      List<Workload> workloads,
      List<Peer> peers,
      Map<String, Map<String, Timing>> timings,
      StringBuilder text) {
    this.workloads = workloads;
    this.peers = peers;
    this.timings = timings;
    this.text = text;
  }

  /** The line of one figure in results.csv. */
  static String csvLine(Workload w, WorkerProcess worker, Timing timing) {
    String key = w.name() + "," + worker.peer().name() + "," + worker.threads();
    if (timing.isEmpty()) {
      return key + ",,,,,,,,,," + timing.note().replace(',', ';') + "\n";
    }
    return String.format(
        "%s,%.6f,%.6f,%.6f,%.6f,%.2f,%d,%d,%d,%.2f,%s%n",
        key,
        timing.medianMillis(),
        timing.leastMillis(),
        timing.p99Millis(),
        timing.cpuMillis(),
        gflops(w, timing),
        timing.stepCount(),
        timing.rounds(),
        timing.quietRounds(),
        timing.noise(),
        timing.note());
  }

  /** One line of medians, while the run goes on. */
  static String progress(Workload w, Map<String, Timing> row) {
    return w.name()
        + row.entrySet().stream()
            .filter(e -> !e.getValue().isEmpty())
            .map(e -> String.format(" %s=%.4g", e.getKey(), e.getValue().medianMillis()))
            .collect(Collectors.joining());
  }

  /** Adds the figures with that many threads, and their ratios to the first peer's. */
  void addTables(int threads) {
    double ceiling = ceiling(threads);
    line("");
    line(
        "## %d thread(s)%s. Cells: median ms | GFLOP/s%s; stream: p50 us | p99 us | GFLOP/s",
        threads,
        ceiling > 0 ? String.format("; SGEMM ceiling %.1f GFLOP/s (best gemm row)", ceiling) : "",
        ceiling > 0 ? " | % of ceiling" : "");
    header();
    for (Workload w : workloads) {
      row(w, peer -> cell(w, timing(w, peer, threads), ceiling));
    }
    line(LEGEND);
    if (peers.size() > 1) {
      line("");
      line("## %d thread(s): time as a multiple of %s's", threads, peers.get(0).name());
      header();
      for (Workload w : workloads) {
        Timing first = timing(w, peers.get(0), threads);
        row(w, peer -> ratio(timing(w, peer, threads), first));
      }
    }
  }

  /** The best product with that many threads. */
  private double ceiling(int threads) {
    double best = 0;
    for (Workload w : workloads) {
      for (Peer peer : peers) {
        Timing timing = timing(w, peer, threads);
        if (w.gemm() && !timing.isEmpty()) {
          best = Math.max(best, gflops(w, timing));
        }
      }
    }
    return best;
  }

  private Timing timing(Workload w, Peer peer, int threads) {
    return timings.get(w.name()).getOrDefault(peer.name() + "/" + threads, new Timing());
  }

  private static double gflops(Workload w, Timing timing) {
    return w.flops() / timing.medianMillis() / 1e6;
  }

  private static String cell(Workload w, Timing timing, double ceiling) {
    if (timing.isEmpty()) {
      return timing.note().startsWith(Worker.SKIP) ? "-" : "ERR";
    }
    double millis = timing.medianMillis();
    double rate = gflops(w, timing);
    String mark = timing.isNoisy() ? "*" : "";
    if (w.stream()) {
      return String.format(
          "%.1f | %.1f | %.1f%s", millis * 1e3, timing.p99Millis() * 1e3, rate, mark);
    }
    String time = String.format(millis < 10 ? "%.3f" : "%.1f", millis);
    String share = ceiling > 0 ? String.format(" | %.0f%%", 100 * rate / ceiling) : "";
    return String.format("%s | %.1f%s%s", time, rate, share, mark);
  }

  private static String ratio(Timing timing, Timing first) {
    if (timing.isEmpty() || first.isEmpty()) {
      return "-";
    }
    String mark = timing.isNoisy() || first.isNoisy() ? "*" : "";
    return String.format("%.2f%s", timing.medianMillis() / first.medianMillis(), mark);
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
