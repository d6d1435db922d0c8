package io.carousel.device.cuda;

import io.carousel.device.Device;
import io.carousel.device.DeviceException;
import io.carousel.device.DeviceOptions;
import io.carousel.device.DeviceProvider;
import io.carousel.device.Diagnosis;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Offers the {@code cuda} devices. {@code -Dcarousel.cuda=off} hides them; what is found otherwise
 * is found once in a process.
 */
public final class CudaProvider implements DeviceProvider {
  /** Found by the service loader. */
  public CudaProvider() {}

  @Override
  public String name() {
    return "cuda";
  }

  @Override
  public int preference() {
    return 10;
  }

  @Override
  public @Nullable String whyUnavailable() {
    String choice = CudaLibraries.choice();
    if (!choice.equals("on") && !choice.equals("off")) {
      return "-D%s is on or off, not '%s'".formatted(CudaLibraries.PROPERTY, choice);
    }
    return CudaLibraries.switchedOff()
        ? "switched off by -D" + CudaLibraries.PROPERTY + "=off"
        : CudaLibraries.problem();
  }

  @Override
  public List<Diagnosis> diagnose() {
    return CudaLibraries.switchedOff()
        ? List.of(new Diagnosis("cuda device", true, String.valueOf(whyUnavailable())))
        : CudaDiagnosis.lines();
  }

  @Override
  public Device open(int ordinal, DeviceOptions options) {
    String why = whyUnavailable();
    if (why != null) {
      throw new DeviceException("device cuda cannot be had: " + why);
    }
    PersistentSupport.Choice persistent = PersistentSupport.choice(); // before a GPU is opened
    Gpu gpu = CudaLibraries.gpu(ordinal);
    CudaRuntime runtime = JCudaRuntime.open(gpu.ordinal());
    return new CudaDevice(name() + ":" + gpu.ordinal(), runtime, options, persistent);
  }
}
