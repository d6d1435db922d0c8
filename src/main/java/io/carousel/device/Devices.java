package io.carousel.device;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.ServiceLoader;
import java.util.stream.Collectors;

/** Finds and opens devices by name. */
public final class Devices {
  /** The name that takes the best device at hand. */
  public static final String AUTO = "auto";

  private Devices() {}

  /**
   * A device and why it was taken.
   *
   * @param device open; the caller closes it
   * @param reason one line for people
   */
  public record Selection(Device device, String reason) {}

  /** All providers on the class path, the preferred first. */
  public static List<DeviceProvider> providers() {
    List<DeviceProvider> found = new ArrayList<>();
    ServiceLoader.load(DeviceProvider.class, Devices.class.getClassLoader()).forEach(found::add);
    found.sort(
        Comparator.comparingInt(DeviceProvider::preference)
            .reversed()
            .thenComparing(DeviceProvider::name));
    return found;
  }

  /** Opens a device with default options; see {@link #select}. */
  public static Device open(String name) {
    return select(name, DeviceOptions.DEFAULT).device();
  }

  /** Opens a device; see {@link #select}. */
  public static Device open(String name, DeviceOptions options) {
    return select(name, options).device();
  }

  /**
   * Opens the device of that name: {@code auto}, {@code cpu}, {@code reference}, {@code cuda:0}. A
   * device that is named is taken or refused; only {@code auto} looks for another one, and says why
   * it took what it took.
   *
   * @throws DeviceException when the name is unknown or the device cannot be had, with the reason
   */
  public static Selection select(String name, DeviceOptions options) {
    String wanted = name.trim().toLowerCase(Locale.ROOT);
    return wanted.equals(AUTO) ? best(options) : named(wanted, options);
  }

  private static Selection best(DeviceOptions options) {
    List<String> passedOver = new ArrayList<>();
    for (DeviceProvider provider : providers()) {
      if (provider.preference() < 0) {
        continue;
      }
      String why = provider.whyUnavailable();
      if (why == null) {
        String reason =
            passedOver.isEmpty()
                ? "the best device at hand"
                : "no better device at hand: " + String.join("; ", passedOver);
        return new Selection(provider.open(0, options), reason);
      }
      passedOver.add(provider.name() + ": " + why);
    }
    throw new DeviceException("no device can be opened: " + String.join("; ", passedOver));
  }

  private static Selection named(String wanted, DeviceOptions options) {
    int colon = wanted.indexOf(':');
    String kind = colon < 0 ? wanted : wanted.substring(0, colon);
    int ordinal = colon < 0 ? 0 : ordinal(wanted, wanted.substring(colon + 1));
    for (DeviceProvider provider : providers()) {
      if (provider.name().equals(kind)) {
        String why = provider.whyUnavailable();
        if (why != null) {
          String guide = provider.guide();
          throw new DeviceException(
              "device %s cannot be had: %s%s"
                  .formatted(wanted, why, guide == null ? "" : "; see " + guide));
        }
        return new Selection(provider.open(ordinal, options), "asked for by name");
      }
    }
    String known = providers().stream().map(DeviceProvider::name).collect(Collectors.joining(", "));
    throw new DeviceException(
        "unknown device '" + wanted + "': choose one of " + AUTO + ", " + known);
  }

  private static int ordinal(String name, String digits) {
    try {
      int ordinal = Integer.parseInt(digits);
      if (ordinal >= 0) {
        return ordinal;
      }
    } catch (NumberFormatException e) {
      throw new DeviceException("device name '" + name + "': no number after the colon", e);
    }
    throw new DeviceException("device name '" + name + "': the number is negative");
  }
}
