package io.carousel;

import io.carousel.device.Device;
import io.carousel.device.DeviceProvider;
import io.carousel.device.Devices;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/**
 * Finds the real data sets and reference cases that tests read; they are not part of the project.
 */
public final class TestData {
  private static final Set<String> SAID = ConcurrentHashMap.newKeySet();

  private TestData() {}

  /**
   * The folder of the data set {@code name} under {@code -Dcarousel.data=DIR}, or under {@code
   * ../shared/data}. Skips the calling test with one clear line where the folder is absent.
   */
  public static Path require(String name) {
    Path root = Path.of(System.getProperty("carousel.data", "../shared/data"));
    Path folder = root.resolve(name);
    assume(
        Files.isDirectory(folder), "skipped: no data set " + folder + " (set -Dcarousel.data=DIR)");
    return folder;
  }

  /**
   * The reference cases ({@code *.safetensors}) under {@code -Dcarousel.cases=DIR}, or under {@code
   * ../shared/cases}. Skips the calling test with one clear line where there are none.
   */
  public static List<Path> requireCases() throws IOException {
    Path folder = Path.of(System.getProperty("carousel.cases", "../shared/cases"));
    List<Path> cases = List.of();
    if (Files.isDirectory(folder)) {
      try (Stream<Path> files = Files.list(folder)) {
        cases = files.filter(f -> f.toString().endsWith(".safetensors")).sorted().toList();
      }
    }
    boolean found = !cases.isEmpty();
    assume(found, "skipped: no reference cases in " + folder + " (set -Dcarousel.cases=DIR)");
    return cases;
  }

  /**
   * Opens a device; skips the calling test with one clear line where there is none of that name.
   */
  public static Device openOrSkip(String name) {
    DeviceProvider provider =
        Devices.providers().stream().filter(p -> p.name().equals(name)).findFirst().orElse(null);
    String why = provider == null ? "no provider" : provider.whyUnavailable();
    assume(why == null, "skipped: no device " + name + ": " + why);
    return Devices.open(name);
  }

  /** Surefire shows no reasons, so each is said once where one sees it. */
  private static void assume(boolean condition, String reason) {
    if (!condition && SAID.add(reason)) {
      System.out.println(reason);
    }
    Assumptions.assumeTrue(condition, reason);
  }
}
