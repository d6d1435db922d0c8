package io.carousel.device.reference;

import io.carousel.device.Device;
import io.carousel.device.DeviceException;
import io.carousel.device.DeviceOptions;
import io.carousel.device.DeviceProvider;
import io.carousel.device.Diagnosis;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Offers the {@code reference} device, which {@code auto} never takes. */
public final class ReferenceProvider implements DeviceProvider {
  /** Found by the service loader. */
  public ReferenceProvider() {}

  @Override
  public String name() {
    return "reference";
  }

  @Override
  public int preference() {
    return -1;
  }

  @Override
  public @Nullable String whyUnavailable() {
    return null;
  }

  @Override
  public List<Diagnosis> diagnose() {
    return List.of(
        new Diagnosis("reference device", true, "float64, naive loops, one thread: the oracle"));
  }

  @Override
  public Device open(int ordinal, DeviceOptions options) {
    if (ordinal != 0) {
      throw new DeviceException("there is one reference device, number 0, not " + ordinal);
    }
    return new ReferenceDevice(options);
  }
}
