package peers;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;

/**
 * The turns of one worker on one workload. The figures are those of the quiet rounds; where there
 * is none, of the best round, and marked.
 */
final class Timing {
  private final List<Round> rounds = new ArrayList<>();
  private String note = "";
  private boolean slow;

  void add(Round round) {
    rounds.add(round);
  }

  /** Why there are no figures; empty when nothing went wrong. */
  String note() {
    return note;
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

  boolean isEmpty() {
    return rounds.isEmpty();
  }

  int rounds() {
    return rounds.size();
  }

  int quietRounds() {
    return (int) rounds.stream().filter(Round::isQuiet).count();
  }

  /** Whether no round was quiet. */
  boolean isNoisy() {
    return quietRounds() == 0;
  }

  /** The rounds that count. */
  private List<Round> used() {
    return isNoisy()
        ? rounds.stream().min(Comparator.comparingDouble(Round::median)).stream().toList()
        : rounds.stream().filter(Round::isQuiet).toList();
  }

  private List<Double> steps() {
    return used().stream().flatMap(r -> r.millis().stream()).toList();
  }

  /** Number of steps that count. */
  int stepCount() {
    return steps().size();
  }

  double medianMillis() {
    return quantile(steps(), 0.5);
  }

  double p99Millis() {
    return quantile(steps(), 0.99);
  }

  /** Processor time of a step, waiting loops of thread pools included. */
  double cpuMillis() {
    return quantile(used().stream().map(Round::cpuMillis).toList(), 0.5);
  }

  /** The fastest step of all rounds. */
  double leastMillis() {
    return quantile(rounds.stream().flatMap(r -> r.millis().stream()).toList(), 0);
  }

  /** The largest disturbance in the rounds that count. */
  double noise() {
    return used().stream().mapToDouble(Round::noise).max().orElse(0);
  }

  /** A quantile; the median of an even number is the mean of the two in the middle. */
  static double quantile(List<Double> values, double p) {
    List<Double> sorted = new ArrayList<>(values);
    Collections.sort(sorted);
    int n = sorted.size();
    if (p == 0.5 && n % 2 == 0) {
      return (sorted.get(n / 2 - 1) + sorted.get(n / 2)) / 2;
    }
    return sorted.get((int) Math.min(n - 1, Math.floor(p * n)));
  }
}
