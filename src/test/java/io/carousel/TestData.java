package io.carousel;

import io.carousel.device.Device;
import io.carousel.device.DeviceProvider;
import io.carousel.device.Devices;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;

/**
 * Finds the real data sets and reference cases that tests read; they are not part of the project.
 */
public final class TestData {
  private TestData() {}

  /**
   * The folder of the data set {@code name} under {@code -Dcarousel.data=DIR}, or under {@code
   * ../shared/data}. Skips the calling test with one clear line where the folder is absent.
   */
  public static Path require(String name) {
    Path root = Path.of(System.getProperty("carousel.data", "../shared/data"));
    Path folder = root.resolve(name);
    Assumptions.assumeTrue(
        Files.isDirectory(folder),
        () -> "skipped: no data set " + folder + " (set -Dcarousel.data=DIR)");
    return folder;
  }

  /**
   * Opens a device; skips the calling test with one clear line where there is none of that name.
   */
  public static Device openOrSkip(String name) {
    DeviceProvider provider =
        Devices.providers().stream().filter(p -> p.name().equals(name)).findFirst().orElse(null);
    String why = provider == null ? "no provider" : provider.whyUnavailable();
    Assumptions.assumeTrue(why == null, () -> "skipped: no device " + name + ": " + why);
    return Devices.open(name);
  }
}
