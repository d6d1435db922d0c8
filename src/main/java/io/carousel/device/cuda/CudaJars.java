package io.carousel.device.cuda;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The jars of native libraries that a program adds to its class path to compute on GPUs. Carousel's
 * own jar does without them, for most programs that embed it run on the CPU.
 */
final class CudaJars {
  /** JCuda's version, which its files bear in their names. */
  private static final String JCUDA = "12.6.0";

  private static final String PLATFORM = "linux-x86_64";

  /** Ours, as {@code group:artifact:version:classifier}. */
  static final String KERNELS = "io.carousel:carousel:" + version() + ":cuda-" + PLATFORM;

  /** A file of each jar, and the jar. */
  private static final Map<String, String> JARS = new LinkedHashMap<>();

  static {
    JARS.put(file("JCudaRuntime"), jar("jcuda-natives"));
    JARS.put(file("JCublas2"), jar("jcublas-natives"));
    JARS.put("natives/linux_64/libcarousel_cuda.so", KERNELS);
  }

  private CudaJars() {}

  /** What to add to the class path, or null when nothing is missing there. */
  static @Nullable String missing() {
    ClassLoader loader = CudaJars.class.getClassLoader();
    return missing(file -> loader.getResource(file) != null);
  }

  /** The same where it is given which files there are. */
  static @Nullable String missing(Predicate<String> isThere) {
    String absent =
        JARS.entrySet().stream()
            .filter(jar -> !isThere.test(jar.getKey()))
            .map(Map.Entry::getValue)
            .collect(Collectors.joining(", "));
    return absent.isEmpty() ? null : "libraries are not on the class path, add " + absent;
  }

  /** Why JCuda's classes could not be initialised: a missing jar, or else the linker's words. */
  static String explain(Throwable failure) {
    String missing = missing();
    return missing == null ? JCudaErrors.line(failure) : missing;
  }

  private static String file(String library) {
    return "lib/lib%s-%s-%s.so".formatted(library, JCUDA, PLATFORM);
  }

  private static String jar(String artifact) {
    return "org.jcuda:%s:%s:%s".formatted(artifact, JCUDA, PLATFORM);
  }

  private static String version() {
    String version = CudaJars.class.getPackage().getImplementationVersion();
    return version == null ? "VERSION" : version; // not out of a jar
  }
}
