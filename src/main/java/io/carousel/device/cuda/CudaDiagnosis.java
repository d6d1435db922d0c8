package io.carousel.device.cuda;

import io.carousel.device.CLibrary;
import io.carousel.device.Diagnosis;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What {@code carousel doctor} says about GPUs, in the order in which things build on each other.
 */
final class CudaDiagnosis {
  private final CudaProbe.Result found;
  private final @Nullable KernelBuild build;
  private final CublasFolders folders;
  private final List<Diagnosis> lines = new ArrayList<>();

  private CudaDiagnosis(
      CudaProbe.Result found, @Nullable KernelBuild build, CublasFolders folders) {
    this.found = found;
    this.build = build;
    this.folders = folders;
  }

  /** Of this machine; the libraries are loaded where there is a GPU. */
  static List<Diagnosis> lines() {
    KernelBuild build = KernelBuild.find();
    CudaProbe.Result found = CudaProbe.result();
    List<Diagnosis> lines = lines(found, build, CublasFolders.here(), CLibrary.glibcVersion());
    if (!found.usable()) {
      return lines;
    }
    List<Diagnosis> all = new ArrayList<>(lines);
    String problem = CudaLibraries.problem();
    all.add(
        problem == null
            ? new Diagnosis("cuda device", true, "kernels and cuBLAS are loaded")
            : new Diagnosis("cuda device", false, guided(problem)));
    return all;
  }

  /** Of what was found; touches nothing. */
  static List<Diagnosis> lines(
      CudaProbe.Result found, @Nullable KernelBuild build, CublasFolders folders, String glibc) {
    CudaDiagnosis diagnosis = new CudaDiagnosis(found, build, folders);
    if (found.driver() == 0) {
      // a machine without a GPU is not ill
      diagnosis.line(
          "cuda driver", null, found.reason() + "; fine without a GPU: the CPU computes");
      diagnosis.kernels(glibc);
      return diagnosis.lines;
    }
    if (found.driver() == CudaProbe.Result.SILENT) {
      diagnosis.line("cuda driver", found.reason(), "");
      diagnosis.kernels(glibc);
      return diagnosis.lines;
    }
    diagnosis.driver();
    diagnosis.gpus();
    diagnosis.kernels(glibc);
    diagnosis.cublas();
    return diagnosis.lines;
  }

  private void driver() {
    String has = "for CUDA " + DriverFloor.dotted(found.driver());
    if (build == null) {
      line("cuda driver", null, has);
    } else {
      String needed =
          "; kernels of CUDA %s need %s"
              .formatted(build.toolkit(), DriverFloor.name(build.toolkitMajor()));
      line("cuda driver", build.driverProblem(found.driver()), has + needed);
    }
  }

  private void gpus() {
    if (found.devices().isEmpty()) {
      line("cuda GPU", found.reason(), "");
    }
    for (Gpu gpu : found.devices()) {
      String problem = build == null ? null : build.gpuProblem(gpu, found.driver());
      line(
          "cuda:" + gpu.ordinal(),
          problem == null ? null : gpu + ": " + problem,
          gpu + (build == null ? "" : "; the kernels run on it"));
    }
  }

  private void kernels(String glibc) {
    if (build == null) {
      boolean needed = found.driver() != 0;
      line("cuda kernels", needed ? CudaLibraries.NO_KERNELS : null, "none on the class path");
      return;
    }
    String has =
        "CUDA %s, for %s, need glibc %s"
            .formatted(build.toolkit(), String.join(" ", build.architectures()), build.glibc());
    line(
        "cuda kernels",
        build.needsNewerGlibcThan(glibc)
            ? has + ", but this system has " + glibc + ": build Carousel here"
            : null,
        has);
  }

  private void cublas() {
    List<CublasLibrary> candidates = CublasLibrary.in(folders.all());
    if (candidates.isEmpty()) {
      line("cuda cuBLAS", CublasLibrary.missing(folders), "");
    } else {
      CublasLibrary best = candidates.get(0);
      line(
          "cuda cuBLAS",
          DriverFloor.problem("cuBLAS " + best.major(), best.major(), found.driver()),
          best.toString());
    }
  }

  private void line(String subject, @Nullable String problem, String finding) {
    lines.add(new Diagnosis(subject, problem == null, problem == null ? finding : guided(problem)));
  }

  private static String guided(String problem) {
    return problem + "; see " + CudaProvider.GUIDE;
  }
}
