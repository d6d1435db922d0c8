package io.carousel.device.cuda;

import io.carousel.device.BundledLibrary;
import io.carousel.device.DeviceException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A cuBLAS for JCublas2, which asks the linker for {@code libcublas.so.12}: a real one, or version
 * 13 behind the stand-in. Loaded by its path, so that the linker has it already.
 *
 * @param major 12 or 13
 * @param file the library
 */
record CublasLibrary(int major, Path file) {
  private static @Nullable CublasLibrary loaded;

  /** Those in the folders: version 12 before 13, then in the order of the folders. */
  static List<CublasLibrary> in(List<Path> folders) {
    List<CublasLibrary> found = new ArrayList<>();
    for (int major : new int[] {12, 13}) {
      for (Path folder : folders) {
        Path file = folder.resolve("libcublas.so." + major);
        if (Files.exists(file)) {
          found.add(new CublasLibrary(major, file));
        }
      }
    }
    return found;
  }

  /** What to do when there is none. */
  static String missing(CublasFolders folders) {
    Path named = folders.named();
    if (named != null) {
      return "%s=%s has neither libcublas.so.12 nor libcublas.so.13"
          .formatted(CublasFolders.VARIABLE, named);
    }
    return "no libcublas.so.12 or .13 found: install cuBLAS (it comes with the CUDA toolkit, and"
        + " with PyTorch), or name its folder in the environment variable "
        + CublasFolders.VARIABLE;
  }

  /**
   * Loads the best one at hand, once; before any class of JCublas2 is touched.
   *
   * @throws DeviceException when there is none, or none that loads, with the linker's words
   */
  static synchronized CublasLibrary load(CublasFolders folders, int driver) {
    CublasLibrary done = loaded;
    if (done != null) {
      return done;
    }
    List<CublasLibrary> candidates = in(folders.all());
    if (candidates.isEmpty()) {
      throw new DeviceException(missing(folders));
    }
    List<String> failures = new ArrayList<>();
    for (CublasLibrary candidate : candidates) {
      String problem = candidate.tryToLoad(driver);
      if (problem == null) {
        loaded = candidate;
        return candidate;
      }
      failures.add(candidate.file + ": " + problem);
    }
    throw new DeviceException("cuBLAS does not load: " + String.join("; ", failures));
  }

  /** Loads this one; why it does not work, or null. */
  private @Nullable String tryToLoad(int driver) {
    String tooOld = DriverFloor.problem("cuBLAS " + major, major, driver);
    if (tooOld != null) {
      return tooOld;
    }
    try {
      Path light = file.resolveSibling("libcublasLt.so." + major); // what cuBLAS stands on
      if (Files.exists(light)) {
        System.load(light.toString());
      }
      if (major == 12) {
        System.load(file.toString());
      } else {
        BundledLibrary.load(CublasStandIn.LIBRARY);
        CublasStandIn.bind(file.toString());
      }
      return null;
    } catch (UnsatisfiedLinkError e) {
      return String.valueOf(e.getMessage());
    } catch (DeviceException e) {
      return String.valueOf(e.getMessage());
    }
  }

  /** {@code cuBLAS 13 in DIR, behind the stand-in for 12}. */
  @Override
  public String toString() {
    return "cuBLAS %d, %s%s"
        .formatted(major, file, major == 12 ? "" : ", behind our stand-in for 12");
  }
}
