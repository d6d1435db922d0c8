package io.carousel.cli;

import io.carousel.device.DeviceOptions;
import picocli.CommandLine.Option;

/** Options that say where to compute, and how training there goes about memory. */
final class TrainingDeviceArguments extends DeviceArguments {
  @Option(
      names = "--recompute",
      description =
          "Keep states only and compute gates again in backward: less memory, more time, other bits."
              + " Persistent plans of a GPU can; the others keep gates as always.")
  private boolean recompute;

  @Override
  DeviceOptions options() {
    return super.options().withRecompute(recompute);
  }
}
