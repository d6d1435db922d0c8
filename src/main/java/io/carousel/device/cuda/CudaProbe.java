package io.carousel.device.cuda;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import jcuda.runtime.JCuda;
import jcuda.runtime.cudaDeviceProp;
import jcuda.runtime.cudaError;
import org.jspecify.annotations.Nullable;

/**
 * Looks for GPUs, quietly: nothing is thrown or printed, and where there is no driver no class of
 * JCuda is touched, for a static initialiser that failed cannot be tried again.
 */
final class CudaProbe {
  /** Where distributions, containers and WSL keep the driver's library. */
  private static final List<String> DRIVER_FOLDERS =
      List.of(
          "usr/lib/x86_64-linux-gnu",
          "lib/x86_64-linux-gnu",
          "usr/lib64",
          "lib64",
          "usr/lib",
          "usr/local/nvidia/lib64",
          "usr/local/nvidia/lib",
          "usr/lib/wsl/lib",
          "run/opengl-driver/lib");

  private static final List<String> DRIVER_NODES =
      List.of("dev/nvidiactl", "dev/dxg", "proc/driver/nvidia/version");

  private CudaProbe() {}

  /**
   * What was found.
   *
   * @param usable whether a GPU can be talked to
   * @param devices the GPUs
   * @param driver the newest CUDA that the driver supports, 12040 for 12.4; 0 without a driver,
   *     {@link Result#SILENT} where there are signs of one that cannot be asked
   * @param reason why it is not usable, or {@code ok}
   */
  record Result(boolean usable, List<Gpu> devices, int driver, String reason) {
    static final int SILENT = -1;

    private static Result none(int driver, String reason) {
      return new Result(false, List.of(), driver, reason);
    }
  }

  /** What this process found when it first looked. */
  static Result result() {
    return Holder.RESULT;
  }

  private static final class Holder {
    static final Result RESULT = look();
  }

  private static Result look() {
    String system = System.getProperty("os.name");
    String processor = System.getProperty("os.arch");
    String why = platformProblem(system, processor);
    if (why == null) {
      why = driverProblem(Path.of("/"), System.getenv("LD_LIBRARY_PATH"));
    }
    if (why != null) {
      return Result.none(0, why);
    }
    try (PrivateTemporaryFolder folder = new PrivateTemporaryFolder()) {
      return ask();
    } catch (IOException e) {
      return Result.none(
          Result.SILENT,
          "no folder can be made in %s (%s): choose another with -Djava.io.tmpdir=DIR"
              .formatted(System.getProperty("java.io.tmpdir"), e.getMessage()));
    } catch (LinkageError | RuntimeException e) {
      return Result.none(Result.SILENT, "JCuda cannot be loaded: " + CudaJars.explain(e));
    }
  }

  /** Why there can be no GPU on this kind of system, or null. */
  static @Nullable String platformProblem(String system, String processor) {
    boolean known = system.toLowerCase(Locale.ROOT).equals("linux") && processor.equals("amd64");
    return known ? null : "GPUs are used on Linux x86-64 only, this is " + system + " " + processor;
  }

  /** Why there is no driver, or null when there is a sign of one. */
  static @Nullable String driverProblem(Path root, @Nullable String libraryPath) {
    List<Path> folders = new ArrayList<>();
    for (String folder : libraryPath == null ? new String[0] : libraryPath.split(":", -1)) {
      if (!folder.isEmpty()) {
        folders.add(Path.of(folder));
      }
    }
    DRIVER_FOLDERS.forEach(folder -> folders.add(root.resolve(folder)));
    for (Path folder : folders) {
      if (Files.exists(folder.resolve("libcuda.so.1"))) {
        return null;
      }
    }
    for (String node : DRIVER_NODES) {
      if (Files.exists(root.resolve(node))) {
        return null;
      }
    }
    return "no NVIDIA driver here (no libcuda.so.1, no /dev/nvidiactl)";
  }

  private static Result ask() {
    int[] driver = {0};
    int status = JCuda.cudaDriverGetVersion(driver);
    if (status != cudaError.cudaSuccess || driver[0] == 0) {
      String answer = status == 0 ? "it gives no version" : JCudaErrors.text(status);
      return Result.none(
          Result.SILENT, "the NVIDIA driver does not answer (see nvidia-smi): " + answer);
    }
    int[] count = {0};
    status = JCuda.cudaGetDeviceCount(count);
    if (status != cudaError.cudaSuccess || count[0] == 0) {
      String hidden = System.getenv("CUDA_VISIBLE_DEVICES");
      return Result.none(
          driver[0],
          "the NVIDIA driver shows no GPU: "
              + JCudaErrors.text(status)
              + (hidden == null ? "" : ", with CUDA_VISIBLE_DEVICES=" + hidden));
    }
    List<Gpu> gpus = new ArrayList<>();
    for (int ordinal = 0; ordinal < count[0]; ordinal++) {
      cudaDeviceProp properties = new cudaDeviceProp();
      status = JCuda.cudaGetDeviceProperties(properties, ordinal);
      if (status != cudaError.cudaSuccess) {
        return Result.none(
            driver[0], "GPU %d does not answer: %s".formatted(ordinal, JCudaErrors.text(status)));
      }
      gpus.add(
          new Gpu(
              ordinal,
              JCudaRuntime.nameOf(properties),
              properties.major,
              properties.minor,
              properties.totalGlobalMem));
    }
    return new Result(true, List.copyOf(gpus), driver[0], "ok");
  }
}
