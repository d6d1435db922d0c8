package io.carousel.train;

import io.carousel.device.Device;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Where a result comes from: versions, device, threads. What a task adds is data, seed and
 * configuration.
 */
public final class Provenance {
  private Provenance() {}

  /** Versions and device, by name. */
  public static Map<String, String> of(Device device) {
    Map<String, String> facts = new LinkedHashMap<>();
    facts.put("Carousel", carouselVersion());
    facts.put(
        "Java",
        System.getProperty("java.version") + " (" + System.getProperty("java.vendor") + ")");
    facts.put(
        "System",
        System.getProperty("os.name")
            + " "
            + System.getProperty("os.version")
            + " "
            + System.getProperty("os.arch"));
    facts.put("Device", device.description());
    facts.put("Threads", Integer.toString(device.threads()));
    return facts;
  }

  /** Carousel's version, "development" outside of a jar. */
  public static String carouselVersion() {
    return Optional.ofNullable(Provenance.class.getPackage().getImplementationVersion())
        .orElse("development");
  }
}
