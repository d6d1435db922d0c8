package io.carousel.cli.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/** What Linux's /proc tells of this process and of the machine; nothing elsewhere. */
public final class Linux {
  private static final double TICKS_PER_SECOND = 100; // USER_HZ
  private static final Path PROC = Path.of("/proc");

  private Linux() {}

  /** Bytes of this process that lie in memory now. */
  public static OptionalLong residentBytes() {
    return status("VmRSS:");
  }

  /** The most bytes of this process that ever lay in memory. */
  public static OptionalLong peakResidentBytes() {
    return status("VmHWM:");
  }

  private static OptionalLong status(String key) {
    try {
      // such as "VmHWM:     2300 kB"; names of threads may hold any byte
      String status = Files.readString(PROC.resolve("self/status"), StandardCharsets.ISO_8859_1);
      return status
          .lines()
          .filter(line -> line.startsWith(key))
          .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")) << 10)
          .findFirst();
    } catch (IOException e) {
      return OptionalLong.empty();
    }
  }

  /** Seconds that all processors together were busy since the machine started, for whomever. */
  static OptionalDouble busySeconds() {
    try {
      // cpu user nice system idle iowait irq softirq steal …
      String[] fields;
      try (var lines = Files.lines(PROC.resolve("stat"), StandardCharsets.ISO_8859_1)) {
        fields = lines.findFirst().orElse("").split("\\s+", -1);
      }
      if (fields.length < 9) {
        return OptionalDouble.empty();
      }
      double ticks = 0;
      for (int i : new int[] {1, 2, 3, 6, 7, 8}) {
        ticks += Long.parseLong(fields[i]);
      }
      return OptionalDouble.of(ticks / TICKS_PER_SECOND);
    } catch (IOException e) {
      return OptionalDouble.empty();
    }
  }

  /** Seconds that the living threads of this process were ready to run, but had no processor. */
  static OptionalDouble delaySeconds() {
    double nanos = 0;
    try (DirectoryStream<Path> threads = Files.newDirectoryStream(PROC.resolve("self/task"))) {
      for (Path thread : threads) {
        nanos += delayNanos(thread);
      }
    } catch (IOException e) {
      return OptionalDouble.empty();
    }
    return OptionalDouble.of(nanos * 1e-9);
  }

  private static double delayNanos(Path thread) {
    try {
      // time running, time waiting, turns
      return Long.parseLong(Files.readString(thread.resolve("schedstat")).split(" ", -1)[1]);
    } catch (IOException e) {
      return 0; // the thread has ended since the folder was listed, or the kernel does not count
    }
  }
}
