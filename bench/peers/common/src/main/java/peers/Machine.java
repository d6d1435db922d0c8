package peers;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What the whole machine does, from Linux's /proc. */
final class Machine {
  private static final double TICKS_PER_SECOND = 100;
  private static final int LOOK_MILLIS = 100;
  private static final double IDLE_SECONDS = 0.02; // in a look: less than a fifth of one core

  private Machine() {}

  /** Processor, cores and Java, one line. */
  static String description() throws IOException {
    String processor = "unknown processor";
    try (var lines = Files.lines(Path.of("/proc/cpuinfo"))) {
      processor =
          lines
              .filter(line -> line.startsWith("model name"))
              .findFirst()
              .map(line -> line.replaceFirst(".*?:\\s*", ""))
              .orElse(processor);
    }
    return "%s, %d cores, JDK %s"
        .formatted(
            processor,
            Runtime.getRuntime().availableProcessors(),
            System.getProperty("java.version"));
  }

  /** Seconds that all processors together were busy since the start, for whomever. */
  static double busySeconds() throws IOException {
    // user, nice, system, idle, iowait, irq, softirq, steal
    String[] fields;
    try (var lines = Files.lines(Path.of("/proc/stat"))) {
      fields = lines.findFirst().orElseThrow().trim().split("\\s+");
    }
    double ticks = 0;
    for (int i : new int[] {1, 2, 3, 6, 7, 8}) {
      ticks += Long.parseLong(fields[i]);
    }
    return ticks / TICKS_PER_SECOND;
  }

  /** Waits until the machine is idle, so that our workers' pools sleep too, but not for longer. */
  static void awaitIdle(long millis) throws IOException, InterruptedException {
    Thread.sleep(30);
    long end = System.nanoTime() + millis * 1_000_000;
    double before;
    do {
      before = busySeconds();
      Thread.sleep(LOOK_MILLIS);
    } while (busySeconds() - before > IDLE_SECONDS && System.nanoTime() < end);
  }
}
