package peers;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * The turns of one worker on one workload. The figures are those of the quiet rounds; where there
 * is none, of the best round, and marked.
 */
final class Timing {
  private final List<Round> rounds = new ArrayList<>();
  private String kernel = "";
  private String note = "";
  private boolean slow;

  void add(Round round) {
    rounds.add(round);
  }

  void setKernel(String name) {
    kernel = name;
  }

  void setNote(String reason) {
    note = reason;
  }

  /** Whether a step takes so long that two rounds must do. */
  boolean isSlow() {
    return slow;
  }

  void setSlow(boolean takesSeconds) {
    slow = takesSeconds;
  }

  int rounds() {
    return rounds.size();
  }

  int quietRounds() {
    return (int) rounds.stream().filter(Round::isQuiet).count();
  }

  /** The rounds that count. */
  private List<Round> used() {
    return quietRounds() == 0
        ? rounds.stream().min(Comparator.comparingDouble(Round::median)).stream().toList()
        : rounds.stream().filter(Round::isQuiet).toList();
  }

  private static double[] steps(List<Round> rounds) {
    return rounds.stream().flatMapToDouble(r -> Arrays.stream(r.millis())).toArray();
  }

  /** What there is to say of a worker's turns; without any, why. */
  Figure figure(Workload w, String peer, int threads, String measured) {
    if (rounds.isEmpty()) {
      return Figure.missing(w.name(), peer, threads, kernel, measured, note);
    }
    List<Round> used = used();
    double[] steps = steps(used);
    double median = quantile(steps, 0.5);
    return new Figure(
        w.name(),
        peer,
        threads,
        median,
        quantile(steps(rounds), 0), // of all rounds
        quantile(steps, 0.99),
        quantile(used.stream().mapToDouble(Round::cpuMillis).toArray(), 0.5),
        w.flops() / median / 1e6,
        steps.length,
        rounds.size(),
        quietRounds(),
        used.stream().mapToDouble(Round::noise).max().orElse(0),
        quantile(used.stream().mapToDouble(Round::heapBytes).toArray(), 0.5),
        kernel,
        measured,
        note);
  }

  /** A quantile; the median of an even number is the mean of the two in the middle. */
  static double quantile(double[] values, double p) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    int n = sorted.length;
    if (p == 0.5 && n % 2 == 0) {
      return (sorted[n / 2 - 1] + sorted[n / 2]) / 2;
    }
    return sorted[(int) Math.min(n - 1, Math.floor(p * n))];
  }
}
