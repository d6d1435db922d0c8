package io.carousel.device.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carousel.device.Diagnosis;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What doctor says of machines that are not at hand. */
class CudaDiagnosisTest {
  private static final KernelBuild BUILD =
      new KernelBuild("13.0.88", List.of("90a-real", "75-virtual"), "2.34");
  private static final Gpu HOPPER = new Gpu(0, "NVIDIA H100 80GB HBM3", 9, 0, 85_520_809_984L);

  @TempDir private Path root;

  @Test
  void aMachineWithoutAGpuIsNotIll() {
    CudaProbe.Result none = new CudaProbe.Result(false, List.of(), 0, "no NVIDIA driver here");
    List<Diagnosis> lines = CudaDiagnosis.lines(none, BUILD, folders(), "2.36");
    assertTrue(lines.stream().allMatch(Diagnosis::ok), lines.toString());
    assertEquals(
        "no NVIDIA driver here; fine without a GPU: the CPU computes", lines.get(0).finding());
    assertEquals("CUDA 13.0.88, for 90a-real 75-virtual, need glibc 2.34", lines.get(1).finding());
    lines = CudaDiagnosis.lines(none, null, folders(), "2.36");
    assertTrue(lines.stream().allMatch(Diagnosis::ok), lines.toString());
  }

  @Test
  void aGoodMachine() throws Exception {
    Path cublas = root.resolve("usr/lib64/libcublas.so.13");
    Files.createDirectories(cublas.getParent());
    Files.createFile(cublas);
    List<Diagnosis> lines = CudaDiagnosis.lines(with(13000, HOPPER), BUILD, folders(), "2.39");
    assertTrue(lines.stream().allMatch(Diagnosis::ok), lines.toString());
    assertEquals(
        List.of("cuda driver", "cuda:0", "cuda kernels", "cuda cuBLAS"),
        lines.stream().map(Diagnosis::subject).toList());
    assertEquals(
        "for CUDA 13.0; kernels of CUDA 13.0.88 need driver 580 (CUDA 13.0) or later",
        lines.get(0).finding());
    assertEquals(
        "NVIDIA H100 80GB HBM3, compute capability 9.0, 79.6 GiB; the kernels run on it",
        lines.get(1).finding());
    assertEquals("cuBLAS 13, " + cublas + ", behind our stand-in for 12", lines.get(3).finding());
  }

  @Test
  void everyFaultIsOnItsOwnLine() {
    Gpu old = new Gpu(0, "NVIDIA GeForce GTX 1080", 6, 1, 8L << 30);
    List<Diagnosis> lines = CudaDiagnosis.lines(with(12040, old), BUILD, folders(), "2.31");
    assertTrue(lines.stream().noneMatch(Diagnosis::ok), lines.toString());
    assertTrue(lines.get(0).finding().contains("needs driver 580"), lines.toString());
    assertTrue(lines.get(1).finding().contains("-Dcarousel.cuda.arch=61-real"), lines.toString());
    assertTrue(lines.get(2).finding().contains("this system has 2.31"), lines.toString());
    assertTrue(lines.get(3).finding().contains("CAROUSEL_CUBLAS_DIR"), lines.toString());
  }

  @Test
  void aDriverThatShowsNoGpuAndABuildWithoutKernels() {
    CudaProbe.Result hidden = new CudaProbe.Result(false, List.of(), 13000, "shows no GPU");
    List<Diagnosis> lines = CudaDiagnosis.lines(hidden, null, folders(), "2.36");
    String guide = "; see docs/cuda-setup.md";
    assertEquals(new Diagnosis("cuda GPU", false, "shows no GPU" + guide), lines.get(1));
    assertEquals(
        new Diagnosis("cuda kernels", false, CudaLibraries.NO_KERNELS + guide), lines.get(2));
  }

  private static CudaProbe.Result with(int driver, Gpu... gpus) {
    return new CudaProbe.Result(true, List.of(gpus), driver, "ok");
  }

  private CublasFolders folders() {
    return new CublasFolders(root, Map.of());
  }
}
