package io.carousel.train;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.nio.file.Files;
import java.nio.file.Path;

/** The most memory that this process ever had. */
public final class PeakMemory {
  private PeakMemory() {}

  /**
   * Resident bytes at their peak (Linux: VmHWM of {@code /proc/self/status}), elsewhere the sum of
   * the peaks of the Java virtual machine's memory pools, which leaves native buffers out.
   */
  public static long bytes() {
    Path status = Path.of("/proc/self/status");
    if (Files.isReadable(status)) {
      try {
        for (String line : Files.readAllLines(status)) {
          if (line.startsWith("VmHWM:")) {
            return Long.parseLong(line.replaceAll("\\D", "")) * 1024;
          }
        }
      } catch (IOException e) {
        return poolPeaks();
      }
    }
    return poolPeaks();
  }

  private static long poolPeaks() {
    return ManagementFactory.getMemoryPoolMXBeans().stream()
        .map(MemoryPoolMXBean::getPeakUsage)
        .mapToLong(usage -> usage.getUsed())
        .sum();
  }
}
