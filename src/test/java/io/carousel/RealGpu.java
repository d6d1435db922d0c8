package io.carousel;

import io.carousel.device.Device;
import io.carousel.device.DeviceOptions;
import io.carousel.device.DeviceProvider;
import io.carousel.device.Devices;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Assumptions;

/**
 * The GPU of tests tagged {@code gpu}. Where there is none they are skipped with the reason, or
 * fail with {@code -Dcarousel.requireCuda=true}.
 */
public final class RealGpu {
  private RealGpu() {}

  /** Opens and closes no device; other kinds of device are for others. */
  public static DeviceProvider provider() {
    DeviceProvider cuda =
        Devices.providers().stream()
            .filter(provider -> provider.name().equals("cuda"))
            .findFirst()
            .orElseThrow();
    String why = cuda.whyUnavailable();
    if (why != null && Boolean.getBoolean("carousel.requireCuda")) {
      Assertions.fail("there must be a GPU (carousel.requireCuda), but: " + why);
    }
    Assumptions.assumeTrue(why == null, "skipped: " + why);
    return cuda;
  }

  /** The first GPU. */
  public static Device open(DeviceOptions options) {
    return provider().open(0, options);
  }

  /** The first GPU, which offers its persistent plans whether or not it does so by itself. */
  public static Device openPersistent(DeviceOptions options) {
    String property = "carousel.cuda.persistent";
    String before = System.setProperty(property, "on");
    try {
      return open(options);
    } finally {
      if (before == null) {
        System.clearProperty(property);
      } else {
        System.setProperty(property, before);
      }
    }
  }

  /** The first GPU, without a budget. */
  public static Device open() {
    return open(DeviceOptions.DEFAULT);
  }
}
