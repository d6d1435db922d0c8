package io.carousel.device.cuda;

import io.carousel.device.BundledLibrary;
import io.carousel.device.Device;
import io.carousel.device.DeviceException;
import io.carousel.device.DeviceOptions;
import io.carousel.device.DeviceProvider;
import io.carousel.device.Diagnosis;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What both emulated kinds of device have in common. */
abstract class EmulatedProviders implements DeviceProvider {
  /** The kernels by g++, with the machine that runs them; built by {@code scripts/natives.sh}. */
  static final String LIBRARY = "carousel_emulation";

  private static final long CAPACITY_BYTES = 2L << 30;

  private final String name;
  private final boolean reversed;

  EmulatedProviders(String name, boolean reversed) {
    this.name = name;
    this.reversed = reversed;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public int preference() {
    return -1;
  }

  @Override
  public @Nullable String whyUnavailable() {
    return BundledLibrary.isThere(LIBRARY)
        ? null
        : "this build has no library " + LIBRARY + " (it needs cmake and g++ on Linux x86-64)";
  }

  @Override
  public List<Diagnosis> diagnose() {
    String why = whyUnavailable();
    return List.of(new Diagnosis(name, why == null, why == null ? "kernels run on the CPU" : why));
  }

  @Override
  public Device open(int ordinal, DeviceOptions options) {
    if (ordinal != 0) {
      throw new DeviceException("there is one " + name + " device, number 0, not " + ordinal);
    }
    NativeLibrary.load(LIBRARY);
    CudaRuntime runtime = new EmulatedRuntime(reversed, CAPACITY_BYTES);
    // with persistent kernels; both ways of exchange must give the same bits, but of gradients
    PersistentSupport.Choice choice = PersistentSupport.choice(reversed ? "memory" : "on", "on");
    return new CudaDevice(name, runtime, options, choice);
  }
}
