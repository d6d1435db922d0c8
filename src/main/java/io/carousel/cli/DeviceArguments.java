package io.carousel.cli;

import io.carousel.device.DeviceOptions;
import io.carousel.device.DeviceProvider;
import io.carousel.device.Devices;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Options that say where to compute. */
class DeviceArguments {
  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

  @Option(
      names = "--device",
      paramLabel = "NAME",
      defaultValue = Devices.AUTO,
      description = "auto, cpu, cuda:0, reference; auto takes the best at hand (default: auto).")
  private String device = Devices.AUTO;

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "Threads that compute; part of what fixes every bit (default: one per core).")
  private int threads;

  /** Opens the device; the caller closes it. */
  Devices.Selection open() {
    List<String> known = Devices.providers().stream().map(DeviceProvider::name).toList();
    String kind = device.trim().toLowerCase(Locale.ROOT).split(":", 2)[0];
    if (!kind.equals(Devices.AUTO) && !known.contains(kind)) {
      throw wrong(
          "unknown device '%s': choose one of auto, %s"
              .formatted(device, String.join(", ", known)));
    }
    if (threads < 0 || threads > 1024) {
      throw wrong("--threads must lie in 1..1024, got " + threads);
    }
    return Devices.select(device, options());
  }

  /** How it is opened. */
  DeviceOptions options() {
    return DeviceOptions.DEFAULT.withThreads(threads);
  }

  /** One line: what was taken, and why. */
  static String line(Devices.Selection selection) {
    return "device %s (%s)".formatted(selection.device().description(), selection.reason());
  }

  final ParameterException wrong(String problem) {
    return new ParameterException(spec.commandLine(), problem);
  }
}
