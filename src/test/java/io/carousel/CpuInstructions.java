package io.carousel;

import io.carousel.device.Device;
import io.carousel.device.DeviceException;
import io.carousel.device.Devices;
import io.carousel.device.PlanCapacity;
import io.carousel.device.RecurrentSpec;
import java.util.stream.Stream;

/**
 * While one is open, {@code cpu} devices that are opened run the recurrent kernels of that
 * instruction set.
 */
public final class CpuInstructions implements AutoCloseable {
  private static final String PROPERTY = "carousel.cpu.isa";

  private final String before = System.getProperty(PROPERTY, "auto");

  public CpuInstructions(String option) {
    System.setProperty(PROPERTY, option);
  }

  @Override
  public void close() {
    System.setProperty(PROPERTY, before);
  }

  /** Those that run here, as a method source; none in a build without native code. */
  public static Stream<String> available() {
    return Stream.of("avx512", "avx2").filter(CpuInstructions::isAvailable);
  }

  private static boolean isAvailable(String option) {
    try (CpuInstructions chosen = new CpuInstructions(option);
        Device device = Devices.open("cpu")) {
      return device.whyNotFused(RecurrentSpec.lstm(1, 1), new PlanCapacity(1, 1)) == null;
    } catch (DeviceException e) {
      return false;
    }
  }
}
