package io.carousel.device.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.carousel.device.BundledLibrary;
import org.junit.jupiter.api.Test;

class CudaJarsTest {
  @Test
  void everyMissingJarIsNamed() {
    assertNull(CudaJars.missing(file -> true));
    assertEquals(
        "libraries are not on the class path, add org.jcuda:jcuda-natives:12.6.0:linux-x86_64,"
            + " org.jcuda:jcublas-natives:12.6.0:linux-x86_64,"
            + " io.carousel:carousel:VERSION:cuda-linux-x86_64",
        CudaJars.missing(file -> false));
    assertEquals(
        "libraries are not on the class path, add org.jcuda:jcublas-natives:12.6.0:linux-x86_64",
        CudaJars.missing(file -> !file.contains("JCublas2")));
  }

  /**
   * This build has all of JCuda on its class path, so a file that is not found has another name.
   */
  @Test
  void filesBearTheseNames() {
    boolean kernels = BundledLibrary.isThere(NativeLibrary.CUDA);
    String ours = "libraries are not on the class path, add %s";
    assertEquals(kernels ? null : ours.formatted(CudaJars.KERNELS), CudaJars.missing());
  }
}
