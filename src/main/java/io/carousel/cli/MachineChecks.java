package io.carousel.cli;

import com.sun.management.OperatingSystemMXBean;
import io.carousel.device.CLibrary;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Locale;

/** The Java runtime, the system and the hardware. */
final class MachineChecks {
  private static final int OLDEST_JAVA = 17;
  private static final long SMALLEST_HEAP = 128L << 20;

  private MachineChecks() {}

  static List<Check> all() {
    return List.of(java(), system(), processors(), memory());
  }

  private static Check java() {
    String found = Version.jdk() + " in " + System.getProperty("java.home");
    return Runtime.version().feature() < OLDEST_JAVA
        ? Check.wrong("Java", found + ": needs " + OLDEST_JAVA + " or later; set JAVA_HOME")
        : Check.ok("Java", found);
  }

  private static Check system() {
    String found = Version.system();
    if (!System.getProperty("os.name").equals("Linux")) {
      return Check.warning("system", found + ": tested on Linux only");
    }
    String glibc = CLibrary.glibcVersion();
    return !glibc.isEmpty()
        ? Check.ok("system", found + ", glibc " + glibc)
        : Check.warning(
            "system", found + ", C library unknown: oneDNN needs glibc, as Debian and Fedora have");
  }

  private static Check processors() {
    int count = Runtime.getRuntime().availableProcessors();
    return Check.ok("processors", count + (count == 1 ? " core" : " cores") + " for this process");
  }

  private static Check memory() {
    OperatingSystemMXBean system = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
    long heap = Runtime.getRuntime().maxMemory();
    String found =
        "%s, %s of it free; Java's heap grows to %s"
            .formatted(
                gigabytes(system.getTotalMemorySize()),
                gigabytes(system.getFreeMemorySize()),
                gigabytes(heap));
    return heap < SMALLEST_HEAP
        ? Check.warning("memory", found + ": little, try CAROUSEL_JAVA_OPTS=-Xmx512m")
        : Check.ok("memory", found);
  }

  private static String gigabytes(long bytes) {
    return String.format(Locale.ROOT, "%.1f GiB", bytes / (double) (1L << 30));
  }
}
