package io.carousel.device.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CudaProbeTest {
  @TempDir private Path root;

  @Test
  void aMachineWithoutADriverSaysSo() {
    assertEquals(
        "no NVIDIA driver here (no libcuda.so.1, no /dev/nvidiactl)",
        CudaProbe.driverProblem(root, null));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "usr/lib/x86_64-linux-gnu/libcuda.so.1",
        "usr/local/nvidia/lib64/libcuda.so.1",
        "usr/lib/wsl/lib/libcuda.so.1",
        "dev/nvidiactl",
        "dev/dxg"
      })
  void anySignOfADriverIsEnough(String file) throws IOException {
    make(root.resolve(file));
    assertNull(CudaProbe.driverProblem(root, ""));
  }

  @Test
  void theLibraryPathCounts() throws IOException {
    Path folder = root.resolve("elsewhere");
    make(folder.resolve("libcuda.so.1"));
    assertNull(CudaProbe.driverProblem(root, "/nowhere::" + folder));
    assertNotNull(CudaProbe.driverProblem(root, "/nowhere:"));
  }

  @Test
  void onlyLinuxOnX86() {
    assertNull(CudaProbe.platformProblem("Linux", "amd64"));
    assertEquals(
        "GPUs are used on Linux x86-64 only, this is Linux aarch64",
        CudaProbe.platformProblem("Linux", "aarch64"));
    assertNotNull(CudaProbe.platformProblem("Mac OS X", "x86_64"));
  }

  private static void make(Path file) throws IOException {
    Files.createDirectories(file.getParent());
    Files.createFile(file);
  }
}
