package io.carousel;

import io.carousel.device.DeviceProvider;
import io.carousel.device.Devices;
import java.util.stream.Stream;

/** The devices that tests run on, as method sources of parameterised tests. */
public final class TestDevices {
  private TestDevices() {}

  /** Names of all kinds of device that can be opened here. */
  public static Stream<String> available() {
    return Devices.providers().stream()
        .filter(provider -> provider.whyUnavailable() == null)
        .map(DeviceProvider::name);
  }

  /** The kind of that name. */
  public static DeviceProvider provider(String name) {
    return Devices.providers().stream()
        .filter(provider -> provider.name().equals(name))
        .findFirst()
        .orElseThrow();
  }

  /** Numbers of threads that make a difference: what runs on a GPU does not depend on them. */
  public static int[] threadCounts(DeviceProvider provider) {
    return provider.name().startsWith("cuda") ? new int[] {1} : new int[] {1, 3};
  }
}
