package io.carousel.cli.bench;

import java.util.Arrays;
import java.util.List;

/**
 * Times cases: warm-up, then turns of about a quarter of a second in rounds over all of them, so
 * that ratios come from the same minutes.
 */
public final class Benchmark {
  private static final double SECONDS_PER_TURN = 0.25;
  private static final int FEWEST_ROUNDS = 5;
  private static final int MOST_STEPS_IN_A_TURN = 1 << 18;

  /** Is told between two turns, never while one is timed. */
  public interface Listener {
    /** Turn {@code done} of about {@code total} has ended. */
    void turnEnded(int done, int total);
  }

  private Benchmark() {}

  /**
   * Measures cases in turns.
   *
   * @param cases one or more, set up
   * @param seconds to measure each for, after half as many of warm-up; up to twice as many when
   *     turns are disturbed by other processes
   * @param listener told of turns
   * @return a result for each case
   */
  public static List<BenchResult> run(List<Measurement> cases, double seconds, Listener listener) {
    int rounds = Math.max(FEWEST_ROUNDS, (int) Math.round(seconds / SECONDS_PER_TURN));
    int total = cases.size() * (rounds + 1);
    int done = 0;
    for (Measurement one : cases) {
      one.warmUp(seconds / 2);
      listener.turnEnded(++done, total);
    }
    Turn turn = new Turn(MOST_STEPS_IN_A_TURN);
    for (int round = 0;
        round < rounds || (round < 2 * rounds && wantsMore(cases, rounds));
        round++) {
      for (Measurement one : cases) {
        one.measure(turn, seconds / rounds);
        done++;
        listener.turnEnded(done, Math.max(done, total)); // more where others disturb
      }
    }
    return cases.stream().map(Measurement::result).toList();
  }

  private static boolean wantsMore(List<Measurement> cases, int rounds) {
    return cases.stream().anyMatch(one -> one.quietTurns() < rounds);
  }

  /** The times of a turn: made before, so that nothing is allocated while one is timed. */
  static final class Turn {
    private final long[] nanos;
    private final long[] hostNanos;
    private int steps;

    Turn(int mostSteps) {
      nanos = new long[mostSteps];
      hostNanos = new long[mostSteps];
    }

    /** Runs one step or more, until the time is used up. */
    void run(Workload workload, double seconds) {
      steps = 0;
      long start = System.nanoTime();
      long end = start + (long) (seconds * 1e9);
      do {
        workload.enqueue();
        hostNanos[steps] = System.nanoTime() - start;
        workload.finish();
        long now = System.nanoTime();
        nanos[steps++] = now - start;
        start = now;
      } while (start < end && steps < nanos.length);
    }

    int steps() {
      return steps;
    }

    /** A copy. */
    long[] nanos() {
      return Arrays.copyOf(nanos, steps);
    }

    /** A copy: from the start of each step until the host had given all its work out. */
    long[] hostNanos() {
      return Arrays.copyOf(hostNanos, steps);
    }
  }
}
