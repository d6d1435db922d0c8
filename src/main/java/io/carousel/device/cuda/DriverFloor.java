package io.carousel.device.cuda;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * NVIDIA's rule of minor-version compatibility: code of a CUDA toolkit runs on every driver of the
 * same major version, or a later one. Versions as CUDA writes them: 12040 is 12.4.
 */
final class DriverFloor {
  private DriverFloor() {}

  /**
   * Why the driver is too old for code of that toolkit's major version, or null when it will do.
   */
  static @Nullable String problem(String what, int toolkitMajor, int driver) {
    if (driver >= toolkitMajor * 1000) {
      return null;
    }
    return "the driver is one for CUDA %s, but %s needs %s: update the driver"
        .formatted(dotted(driver), what, name(toolkitMajor));
  }

  /** The oldest driver for a major version, for people. */
  static String name(int toolkitMajor) {
    return switch (toolkitMajor) {
      case 12 -> "driver 525 (CUDA 12.0) or later";
      case 13 -> "driver 580 (CUDA 13.0) or later";
      default -> "a driver for CUDA " + toolkitMajor + ".0 or later";
    };
  }

  /** {@code 12.4} for 12040. */
  static String dotted(int version) {
    return String.format(Locale.ROOT, "%d.%d", version / 1000, version % 1000 / 10);
  }
}
