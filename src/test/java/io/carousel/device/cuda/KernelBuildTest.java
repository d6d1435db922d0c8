package io.carousel.device.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carousel.device.BundledLibrary;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which drivers and GPUs a kernel library runs on. */
class KernelBuildTest {
  @ParameterizedTest
  @CsvSource({
    "12.4.131, 12000, true",
    "12.4.131, 12080, true",
    "12.4.131, 13000, true",
    "12.9.86, 12020, true",
    "12.4.131, 11080, false",
    "13.0.88, 13000, true",
    "13.1.2, 13000, true",
    "13.0.88, 12090, false",
    "14.0.1, 13020, false",
  })
  void aDriverMustBeOfTheToolkitsMajorVersion(String toolkit, int driver, boolean fine) {
    String problem = build(toolkit, "90a-real").driverProblem(driver);
    assertEquals(fine, problem == null, String.valueOf(problem));
  }

  @Test
  void anOldDriverIsNamedWithWhatItTakes() {
    assertEquals(
        "the driver is one for CUDA 12.4, but the kernel library (CUDA 13.0.88) needs driver 580"
            + " (CUDA 13.0) or later: update the driver",
        build("13.0.88", "90a-real").driverProblem(12040));
  }

  @ParameterizedTest
  @CsvSource({
    "90a-real, 9, 0, true",
    "90a-real, 10, 0, false", // "a" runs on that GPU only
    "80-real, 8, 0, true",
    "80-real, 8, 9, true", // later of the same major version
    "86-real, 8, 0, false",
    "80-real, 9, 0, false",
    "75-virtual, 12, 0, true", // PTX: any newer GPU
    "90-virtual, 8, 9, false",
    "90, 9, 0, true", // both
    "90, 10, 3, true",
    "90, 8, 6, false",
    "90a-virtual, 10, 0, false",
    "100-real, 10, 3, true",
    "120-real, 10, 0, false",
    "80-real 90a-real 75-virtual, 12, 1, true",
    "80-real 90a-real, 7, 5, false",
  })
  void kernelsCoverAGpu(String architectures, int major, int minor, boolean fine) {
    String problem = build("13.0.88", architectures).gpuProblem(gpu(major, minor), 13000);
    assertEquals(fine, problem == null, String.valueOf(problem));
  }

  @Test
  void ptxOfANewerToolkitIsNotForAnOlderDriver() {
    KernelBuild build = build("13.1.10", "75-virtual");
    assertNull(build.gpuProblem(gpu(9, 0), 13010));
    String problem = build.gpuProblem(gpu(9, 0), 13000);
    assertNotNull(problem);
    assertTrue(problem.contains("too old to compile PTX of CUDA 13.1.10"), problem);
    assertTrue(problem.contains("-Dcarousel.cuda.arch=90-real"), problem);
  }

  @ParameterizedTest
  @CsvSource({"2.34, false", "2.9, true", "2.33, true", "2.40, false", "'', false"})
  void theCLibraryIsComparedNumberByNumber(String glibc, boolean tooOld) {
    assertEquals(tooOld, build("13.0.88", "90a-real").needsNewerGlibcThan(glibc));
  }

  @Test
  void theBuildAtHandIsWrittenDown() {
    KernelBuild build = KernelBuild.find();
    assertEquals(BundledLibrary.isThere(NativeLibrary.CUDA), build != null);
    if (build != null) {
      assertTrue(build.toolkitMajor() >= 12, build.toString());
      assertFalse(build.architectures().isEmpty());
      assertTrue(build.glibc().matches("2\\.\\d+"), build.glibc());
      build.gpuProblem(gpu(9, 0), 13000); // all architectures can be read
    }
  }

  private static KernelBuild build(String toolkit, String architectures) {
    return new KernelBuild(toolkit, List.of(architectures.split(" ")), "2.34");
  }

  private static Gpu gpu(int major, int minor) {
    return new Gpu(0, "a GPU", major, minor, 8L << 30);
  }
}
