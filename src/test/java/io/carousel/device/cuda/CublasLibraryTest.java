package io.carousel.device.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carousel.device.DeviceException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The search for cuBLAS, in a folder that stands for a machine. */
class CublasLibraryTest {
  @TempDir private Path root;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "usr/local/cuda/lib64",
        "usr/local/cuda-13.0/targets/x86_64-linux/lib",
        "usr/lib/x86_64-linux-gnu",
        "opt/cuda/lib64",
        "opt/conda/lib",
        "usr/local/lib/python3.12/dist-packages/nvidia/cu13/lib",
        "opt/venv/lib/python3.12/site-packages/nvidia/cublas/lib"
      })
  void theUsualFolders(String folder) throws IOException {
    Path file = cublas(folder, 13);
    assertEquals(List.of(new CublasLibrary(13, file)), found(Map.of()));
  }

  @Test
  void theLinkersFolders() throws IOException {
    Path file = cublas("some/where", 12);
    Path configuration = root.resolve("etc/ld.so.conf.d/somewhere.conf");
    Files.createDirectories(configuration.getParent());
    Files.writeString(configuration, "# a comment\n/some/where\n");
    assertEquals(List.of(new CublasLibrary(12, file)), found(Map.of()));
  }

  @Test
  void environments() throws IOException {
    Path venv = cublas("home/me/venv/lib/python3.11/site-packages/nvidia/cublas/lib", 12);
    Path conda = cublas("home/me/conda/lib", 12);
    Path toolkit = cublas("home/me/cuda/lib64", 12);
    Path own = cublas("home/me/.local/lib/python3.12/site-packages/nvidia/cublas/lib", 12);
    Path home = root.resolve("home/me");
    Map<String, String> environment =
        Map.of(
            "VIRTUAL_ENV",
            home + "/venv",
            "CONDA_PREFIX",
            home + "/conda",
            "CUDA_HOME",
            home + "/cuda",
            "HOME",
            home.toString());
    assertEquals(
        List.of(toolkit, venv, conda, own),
        found(environment).stream().map(CublasLibrary::file).toList());
  }

  @Test
  void version12BeforeVersion13AndTheLibraryPathBeforeTheSystem() throws IOException {
    Path thirteen = cublas("first", 13);
    Path system = cublas("usr/lib/x86_64-linux-gnu", 12);
    Path second = cublas("second", 12);
    String libraryPath = root.resolve("first") + ":/nowhere:" + root.resolve("second");
    assertEquals(
        List.of(second, system, thirteen),
        found(Map.of("LD_LIBRARY_PATH", libraryPath)).stream().map(CublasLibrary::file).toList());
  }

  @Test
  void theNewestToolkitFirst() throws IOException {
    Path old = cublas("usr/local/cuda-12.4/lib64", 12);
    Path recent = cublas("usr/local/cuda-12.6/lib64", 12);
    assertEquals(List.of(recent, old), found(Map.of()).stream().map(CublasLibrary::file).toList());
  }

  @Test
  void aFolderThatIsNamedIsTheOnlyOne() throws IOException {
    cublas("usr/local/cuda/lib64", 12);
    Path named = Files.createDirectories(root.resolve("mine"));
    CublasFolders folders = folders(Map.of(CublasFolders.VARIABLE, named.toString()));
    DeviceException none =
        assertThrows(DeviceException.class, () -> CublasLibrary.load(folders, 13000));
    assertEquals(
        "CAROUSEL_CUBLAS_DIR=" + named + " has neither libcublas.so.12 nor libcublas.so.13",
        none.getMessage());
    Path file = cublas("mine", 13);
    assertEquals(List.of(new CublasLibrary(13, file)), CublasLibrary.in(folders.all()));
  }

  @Test
  void noneIsSaidWithTheRemedy() {
    DeviceException none =
        assertThrows(DeviceException.class, () -> CublasLibrary.load(folders(Map.of()), 13000));
    assertTrue(none.getMessage().contains("CAROUSEL_CUBLAS_DIR"), none.getMessage());
  }

  @Test
  void aBrokenLibraryAndATooOldDriverAreNamed() throws IOException {
    Path broken = cublas("usr/lib/x86_64-linux-gnu", 12);
    Path tooNew = cublas("usr/local/cuda/lib64", 13);
    DeviceException none =
        assertThrows(DeviceException.class, () -> CublasLibrary.load(folders(Map.of()), 12040));
    String message = none.getMessage();
    assertTrue(message.contains(broken + ": "), message);
    assertTrue(message.contains("file too short"), message);
    assertTrue(
        message.contains(tooNew + ": the driver is one for CUDA 12.4, but cuBLAS 13"), message);
  }

  private List<CublasLibrary> found(Map<String, String> environment) {
    return CublasLibrary.in(folders(environment).all());
  }

  private CublasFolders folders(Map<String, String> environment) {
    return new CublasFolders(root, environment);
  }

  private Path cublas(String folder, int major) throws IOException {
    Path file = root.resolve(folder).resolve("libcublas.so." + major);
    Files.createDirectories(file.getParent());
    return Files.createFile(file);
  }
}
