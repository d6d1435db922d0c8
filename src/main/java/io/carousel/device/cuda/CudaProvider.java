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
  /** What a machine needs, and how to choose. */
  static final String GUIDE = "docs/cuda-setup.md";

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
    if (CudaProperty.DEVICES.is("off")) {
      return "switched off by -D" + CudaProperty.DEVICES.key() + "=off";
    }
    String wrong = CudaProperty.firstProblem();
    return wrong == null ? CudaLibraries.problem() : wrong;
  }

  @Override
  public List<Diagnosis> diagnose() {
    boolean off = CudaProperty.DEVICES.is("off");
    return off || CudaProperty.firstProblem() != null
        ? List.of(new Diagnosis("cuda device", off, String.valueOf(whyUnavailable())))
        : CudaDiagnosis.lines();
  }

  @Override
  public String guide() {
    return GUIDE;
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
