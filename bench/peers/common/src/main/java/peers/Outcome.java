package peers;

import java.util.Comparator;
import java.util.List;

/**
 * A target and what was measured.
 *
 * @param target what was aimed at
 * @param other whom Carousel is compared with
 * @param theirs milliseconds; NaN where not known
 * @param ours milliseconds, or bytes; NaN where not known
 * @param noisy whether a figure had no quiet round
 * @param kernel what computed Carousel's figure
 */
record Outcome(
    Target target, String other, double theirs, double ours, boolean noisy, String kernel) {
  static final String CAROUSEL = "carousel";

  /**
   * Looks it up.
   *
   * @param workloads all there are
   * @param rivals the names of the peers among which the best is found
   */
  static Outcome of(Target target, List<Workload> workloads, List<String> rivals, Results results) {
    Figure ours = results.figure(target.workload(), CAROUSEL, target.threads());
    if (target.measure().equals(Target.HEAP)) {
      return new Outcome(target, "-", Double.NaN, target.of(ours), false, ours.kernel());
    }
    Figure theirs;
    double share = 1;
    String suffix = "";
    if (target.against().startsWith(Target.DENSE)) {
      String dense = target.against().substring(Target.DENSE.length());
      theirs = best(target, dense, rivals, results);
      Workload w =
          workloads.stream()
              .filter(one -> one.name().equals(target.workload()))
              .findFirst()
              .orElseThrow();
      share = (double) w.rows() / (w.T() * w.B());
      suffix = String.format(" dense x %.3f", share);
    } else if (target.against().equals(Target.BEST)) {
      theirs = best(target, target.workload(), rivals, results);
    } else {
      theirs = results.figure(target.workload(), target.against(), target.threads());
    }
    return new Outcome(
        target,
        theirs.peer() + suffix,
        target.of(theirs) * share,
        target.of(ours),
        theirs.isNoisy() || ours.isNoisy(),
        ours.kernel());
  }

  private static Figure best(Target target, String workload, List<String> rivals, Results results) {
    return rivals.stream()
        .map(peer -> results.figure(workload, peer, target.threads()))
        .filter(figure -> !figure.isEmpty())
        .min(Comparator.comparingDouble(target::of))
        .orElse(results.figure(workload, Target.BEST, target.threads()));
  }

  /** Their time divided by ours; NaN where one is not known. */
  double ratio() {
    return theirs / ours;
  }

  /** MET, MISSED or not measured; with a star where a figure had no quiet round. */
  String verdict() {
    boolean heap = target.measure().equals(Target.HEAP);
    double value = heap ? ours : ratio();
    if (Double.isNaN(value)) {
      return "not measured";
    }
    boolean met = heap ? Math.rint(value) <= target.least() : value >= target.least();
    return (met ? "MET" : "MISSED") + (noisy ? "*" : "");
  }
}
