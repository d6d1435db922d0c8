package io.carousel.lab;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carousel.device.Device;
import io.carousel.device.DeviceOptions;
import io.carousel.device.Devices;
import java.io.IOException;

/** Runs the quick form of an experiment as a test: on the CPU, with the command's own seed. */
final class QuickLab {
  private QuickLab() {}

  /** The outcome of an experiment that must pass. */
  static Outcome passes(String name) throws IOException {
    try (Device device = Devices.open("cpu", DeviceOptions.DEFAULT.withThreads(2))) {
      Experiment experiment = Laboratory.find(name).orElseThrow();
      Outcome outcome = experiment.run(new Setting(device, Scale.QUICK, 1));
      assertTrue(outcome.passed(), () -> name + ": " + outcome.checks());
      assertTrue(outcome.pictures().size() > 0, "no picture");
      return outcome;
    }
  }
}
