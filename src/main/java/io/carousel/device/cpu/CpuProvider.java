package io.carousel.device.cpu;

import io.carousel.device.Device;
import io.carousel.device.DeviceException;
import io.carousel.device.DeviceOptions;
import io.carousel.device.DeviceProvider;
import io.carousel.device.Diagnosis;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Offers the {@code cpu} device. */
public final class CpuProvider implements DeviceProvider {
  /** Found by the service loader. */
  public CpuProvider() {}

  @Override
  public String name() {
    return "cpu";
  }

  @Override
  public int preference() {
    return 0;
  }

  @Override
  public @Nullable String whyUnavailable() {
    try {
      FusedKernels.chosen(Libraries.get());
      return null;
    } catch (DeviceException e) {
      return e.getMessage();
    }
  }

  @Override
  public List<Diagnosis> diagnose() {
    Libraries libraries = Libraries.get();
    String products = libraries.gemm().description();
    return List.of(
        new Diagnosis(
            "cpu device",
            true,
            "%s, %d processors"
                .formatted(Processor.name(), Runtime.getRuntime().availableProcessors())),
        new Diagnosis(
            "cpu matrix product",
            libraries.missing().isEmpty(),
            libraries.missing().isEmpty()
                ? products
                : products + ", slow, because: " + libraries.missing()),
        recurrentPlan(libraries));
  }

  private static Diagnosis recurrentPlan(Libraries libraries) {
    String subject = "cpu recurrent plan";
    try {
      FusedKernels kernels = FusedKernels.chosen(libraries);
      String found = kernels.plan();
      if (kernels.problem() != null) {
        found += ", slower, because: " + kernels.problem();
      }
      return new Diagnosis(subject, !kernels.isMissing(), found);
    } catch (DeviceException e) {
      return new Diagnosis(subject, false, String.valueOf(e.getMessage()));
    }
  }

  @Override
  public Device open(int ordinal, DeviceOptions options) {
    if (ordinal != 0) {
      throw new DeviceException("there is one cpu device, number 0, not " + ordinal);
    }
    return new CpuDevice(options, Libraries.get());
  }
}
