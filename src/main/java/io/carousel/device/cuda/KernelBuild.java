package io.carousel.device.cuda;

import io.carousel.device.DeviceException;
import java.io.IOException;
import java.io.InputStream;
import java.lang.module.ModuleDescriptor;
import java.util.List;
import java.util.Properties;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * How the kernel library on the class path was built; {@code scripts/natives.sh} writes it down.
 *
 * @param toolkit nvcc's version, such as {@code 13.0.88}
 * @param architectures as CMake writes them: {@code 90a-real}, {@code 75-virtual}, {@code 90}
 * @param glibc the C library that it needs, such as {@code 2.34}
 */
record KernelBuild(String toolkit, List<String> architectures, String glibc) {
  private static final String RESOURCE = "natives/linux_64/carousel_cuda.properties";
  private static final Pattern ARCHITECTURE = Pattern.compile("(\\d+)([af]?)(-real|-virtual)?");

  /** What the class path has, or null when there are no kernels on it. */
  static @Nullable KernelBuild find() {
    // by the class loader: the library is in another jar, which a named module does not look into
    try (InputStream in = KernelBuild.class.getClassLoader().getResourceAsStream(RESOURCE)) {
      if (in == null) {
        return null;
      }
      Properties properties = new Properties();
      properties.load(in);
      return new KernelBuild(
          value(properties, "toolkit"),
          List.of(value(properties, "architectures").split(" ")),
          value(properties, "glibc"));
    } catch (IOException e) {
      throw new DeviceException("cannot read " + RESOURCE, e);
    }
  }

  private static String value(Properties properties, String key) {
    String value = properties.getProperty(key);
    if (value == null) {
      throw new DeviceException(RESOURCE + " says nothing of " + key);
    }
    return value.strip();
  }

  /** 13 for {@code 13.0.88}. */
  int toolkitMajor() {
    return Integer.parseInt(toolkit.split("\\.", -1)[0]);
  }

  /** 13000 for {@code 13.0.88}. */
  private int toolkitVersion() {
    String[] parts = toolkit.split("\\.", -1);
    return Integer.parseInt(parts[0]) * 1000 + Integer.parseInt(parts[1]) * 10;
  }

  /** Why that driver is too old for these kernels, or null when it will do. */
  @Nullable String driverProblem(int driver) {
    return DriverFloor.problem("the kernel library (CUDA " + toolkit + ")", toolkitMajor(), driver);
  }

  /** Whether a system with that C library, unknown when empty, is too old. */
  boolean needsNewerGlibcThan(String version) {
    return !version.isEmpty()
        && ModuleDescriptor.Version.parse(version).compareTo(ModuleDescriptor.Version.parse(glibc))
            < 0;
  }

  /** Why the kernels do not run on a GPU, or null when they do. */
  @Nullable String gpuProblem(Gpu gpu, int driver) {
    boolean newerPtx = false;
    for (String architecture : architectures) {
      Matcher parts = ARCHITECTURE.matcher(architecture);
      if (!parts.matches()) {
        throw new DeviceException("unknown architecture in the kernel library: " + architecture);
      }
      boolean isReal = !"-virtual".equals(parts.group(3));
      boolean isVirtual = !"-real".equals(parts.group(3));
      if (isReal && runsMachineCode(parts, gpu)) {
        return null;
      }
      if (isVirtual && compilesPtx(parts, gpu)) {
        if (driver >= toolkitVersion()) {
          return null;
        }
        newerPtx = true;
      }
    }
    String built = "the kernels were compiled for " + String.join(", ", architectures);
    return newerPtx
        ? "%s, and the driver (CUDA %s) is too old to compile PTX of CUDA %s: update it, or build for this GPU with -Dcarousel.cuda.arch=%d%d-real"
            .formatted(built, DriverFloor.dotted(driver), toolkit, gpu.major(), gpu.minor())
        : "%s, not for compute capability %d.%d: build with -Dcarousel.cuda.arch=%d%d-real"
            .formatted(built, gpu.major(), gpu.minor(), gpu.major(), gpu.minor());
  }

  /** Machine code runs on the same major version, minor the same or later; "a" on that GPU only. */
  private static boolean runsMachineCode(Matcher architecture, Gpu gpu) {
    int number = Integer.parseInt(architecture.group(1));
    if (number / 10 != gpu.major()) {
      return false;
    }
    return architecture.group(2).equals("a")
        ? number % 10 == gpu.minor()
        : number % 10 <= gpu.minor();
  }

  /** PTX is compiled by the driver for any GPU as new or newer; "a" for that GPU only. */
  private static boolean compilesPtx(Matcher architecture, Gpu gpu) {
    int number = Integer.parseInt(architecture.group(1));
    int capability = gpu.major() * 10 + gpu.minor();
    return architecture.group(2).isEmpty() ? number <= capability : number == capability;
  }
}
