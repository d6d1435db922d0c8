package io.carousel.device.cuda;

import io.carousel.device.DeviceException;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Loads what the CUDA device stands on, once, in the one order that works: driver, kernels, cuBLAS,
 * then the classes of JCuda that need them.
 */
final class CudaLibraries {
  private CudaLibraries() {}

  /** Why the device cannot be had in this process, or null when all is loaded. */
  static @Nullable String problem() {
    return Holder.PROBLEM;
  }

  private static final class Holder {
    static final @Nullable String PROBLEM = load();
  }

  private static @Nullable String load() {
    try {
      CudaProbe.Result found = CudaProbe.result();
      if (!found.usable()) {
        return found.reason();
      }
      KernelBuild build = KernelBuild.find();
      String problem = build == null ? NO_KERNELS : kernelProblem(build, found);
      if (problem != null) {
        return problem;
      }
      NativeLibrary.load(NativeLibrary.CUDA);
      CublasLibrary.load(CublasFolders.here(), found.driver());
      initialiseJCublas();
      return null;
    } catch (IOException | RuntimeException e) {
      return JCudaErrors.line(e);
    } catch (LinkageError e) {
      return CudaJars.explain(e);
    }
  }

  /** What a class path without kernels means, and the remedy. */
  static final String NO_KERNELS =
      "there are no CUDA kernels on the class path: add "
          + CudaJars.KERNELS
          + ", or build Carousel with them, where nvcc is";

  private static @Nullable String kernelProblem(KernelBuild build, CudaProbe.Result found) {
    String driver = build.driverProblem(found.driver());
    if (driver != null) {
      return driver;
    }
    String gpu = null;
    for (Gpu device : found.devices()) {
      gpu = build.gpuProblem(device, found.driver());
      if (gpu == null) {
        return null; // one that runs them is enough; open() looks at the one that is asked for
      }
    }
    return gpu;
  }

  private static void initialiseJCublas() throws IOException {
    try (PrivateTemporaryFolder folder = new PrivateTemporaryFolder()) {
      Class.forName("jcuda.jcublas.JCublas2");
    } catch (ClassNotFoundException e) {
      throw new DeviceException("JCublas2 is not on the class path", e);
    }
  }

  /**
   * The GPU of that number.
   *
   * @throws DeviceException when there is no such GPU, or the kernels were not compiled for it
   */
  static Gpu gpu(int ordinal) {
    CudaProbe.Result found = CudaProbe.result();
    List<Gpu> gpus = found.devices();
    if (ordinal < 0 || ordinal >= gpus.size()) {
      throw new DeviceException(
          gpus.size() == 1
              ? "there is one GPU, cuda:0; no cuda:" + ordinal
              : "there are %d GPUs, cuda:0 to cuda:%d; no cuda:%d"
                  .formatted(gpus.size(), gpus.size() - 1, ordinal));
    }
    Gpu gpu = gpus.get(ordinal);
    KernelBuild build = KernelBuild.find();
    String problem = build == null ? NO_KERNELS : build.gpuProblem(gpu, found.driver());
    if (problem != null) {
      throw new DeviceException("cuda:%d (%s): %s".formatted(ordinal, gpu, problem));
    }
    return gpu;
  }
}
