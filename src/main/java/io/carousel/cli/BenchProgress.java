package io.carousel.cli;

import io.carousel.cli.bench.Benchmark;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.function.LongSupplier;

/**
 * Says how a suite gets on: one line that is written over on a terminal, else a line for each
 * workload. It is written between turns by the thread that measures: a progress bar with a thread
 * of its own would draw while something is timed.
 */
final class BenchProgress implements Benchmark.Listener, AutoCloseable {
  private static final int WIDTH = 79;

  private final PrintWriter err;
  private final boolean overwrites;
  private final LongSupplier nanoTime;
  private final int groups;
  private long startNanos;
  private int group;
  private String name = "";

  /**
   * Progress through groups of workloads that are measured in turns.
   *
   * @param overwrites whether to write over the line before
   * @param nanoTime the clock
   * @param groups how many there are
   */
  BenchProgress(PrintWriter err, boolean overwrites, LongSupplier nanoTime, int groups) {
    this.err = err;
    this.overwrites = overwrites;
    this.nanoTime = nanoTime;
    this.groups = groups;
    startNanos = nanoTime.getAsLong();
  }

  /** The next group begins. */
  void started(String groupName) {
    name = groupName;
    group++;
  }

  @Override
  public void turnEnded(int done, int total) {
    double share = (group - 1 + (double) done / total) / groups;
    double seconds = (nanoTime.getAsLong() - startNanos) * 1e-9;
    if (overwrites) {
      write(
          "%d/%d %s  turn %d/%d  about %.0f s left",
          group, groups, name, done, total, seconds / share * (1 - share));
    }
  }

  /** The group has ended with that result. */
  void ended(String result) {
    if (overwrites) {
      return;
    }
    double seconds = (nanoTime.getAsLong() - startNanos) * 1e-9;
    err.printf(
        Locale.ROOT,
        "%d/%d  %s  about %.0f s left%n",
        group,
        groups,
        result,
        seconds / group * (groups - group));
    err.flush();
  }

  private void write(String format, Object... values) {
    String line = String.format(Locale.ROOT, format, values);
    String fits = line.substring(0, Math.min(WIDTH, line.length()));
    err.print("\r" + fits + " ".repeat(WIDTH - fits.length()));
    err.flush();
  }

  /** Clears the line. */
  @Override
  public void close() {
    if (overwrites) {
      err.print("\r" + " ".repeat(WIDTH) + "\r");
    }
    err.flush();
  }
}
