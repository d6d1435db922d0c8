package io.carousel.cli;

import io.carousel.device.DeviceOptions;
import io.carousel.device.Devices;
import picocli.CommandLine.Option;

/** Options that say where to compute, and how training there goes about memory. */
final class TrainingDeviceArguments extends DeviceArguments {
  @Option(
      names = "--recompute",
      description =
          "Keep states only and compute gates again in backward: less memory, more time, other bits."
              + " Persistent plans of a GPU can; the others keep gates as always.")
  private boolean recompute;

  /** What would have no effect is said, not ignored. */
  @Override
  Devices.Selection open() {
    Devices.Selection selection = super.open();
    String why = recompute ? selection.device().whyNotRecomputed() : null;
    if (why != null) {
      selection.device().close();
      throw wrong("--recompute has no effect here: " + why);
    }
    return selection;
  }

  @Override
  DeviceOptions options() {
    return super.options().withRecompute(recompute);
  }
}
