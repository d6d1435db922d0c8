package io.carousel.cli.bench;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.util.OptionalDouble;

/**
 * Watches whether other processes are at work while a turn is timed. Such a turn does not count.
 * Where the system does not tell, every turn counts as quiet.
 */
final class Disturbance {
  /** Processors that others may keep busy on average. */
  private static final double MOST_FOREIGN_CORES = 0.25;

  /** Share of the time for which our threads may wait for a processor. */
  private static final double MOST_DELAY = 0.03;

  private static final OperatingSystemMXBean PROCESS =
      ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);

  private long startNanos;
  private double foreign;
  private double delay;

  void start() {
    foreign = foreignSeconds();
    delay = Linux.delaySeconds().orElse(0);
    startNanos = System.nanoTime();
  }

  /** Whether the time since {@link #start} was quiet. */
  boolean wasQuiet() {
    double seconds = (System.nanoTime() - startNanos) * 1e-9;
    return isQuiet(seconds, foreignSeconds() - foreign, Linux.delaySeconds().orElse(0) - delay);
  }

  /**
   * Judges a turn.
   *
   * @param seconds it took
   * @param foreignSeconds of processor time that others used
   * @param delaySeconds for which our threads waited for a processor
   */
  static boolean isQuiet(double seconds, double foreignSeconds, double delaySeconds) {
    return foreignSeconds < MOST_FOREIGN_CORES * seconds && delaySeconds < MOST_DELAY * seconds;
  }

  /** Processor time of everybody else; 0 where the system does not tell. */
  private static double foreignSeconds() {
    OptionalDouble all = Linux.busySeconds();
    return all.isEmpty() ? 0 : all.getAsDouble() - PROCESS.getProcessCpuTime() * 1e-9;
  }
}
