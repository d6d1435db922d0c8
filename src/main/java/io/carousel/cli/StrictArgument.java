package io.carousel.cli;

import io.carousel.device.Device;
import java.io.IOException;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** The option of commands that load a model: whether it must prove itself first. */
final class StrictArgument {
  @Option(
      names = "--strict",
      description =
          "Take the model only if its weights are intact and it answers its probes as when it was"
              + " saved; 'carousel verify MODEL' shows how near.")
  private boolean strict;

  boolean isAsked() {
    return strict;
  }

  /** The same model, checked where that was asked for. */
  Path checked(Path model, Device device) throws IOException {
    if (strict) {
      new ProbeVerification(model).require(device);
    }
    return model;
  }
}
