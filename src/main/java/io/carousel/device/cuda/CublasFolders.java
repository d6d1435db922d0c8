package io.carousel.device.cuda;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Where cuBLAS may lie: what the user names, else the linker's folders and the usual ones. */
final class CublasFolders {
  /** Names the one folder to take cuBLAS from. */
  static final String VARIABLE = "CAROUSEL_CUBLAS_DIR";

  /** CUDA toolkits, distributions, conda and pip; {@code *} stands for any name. */
  private static final List<String> USUAL =
      List.of(
          "usr/local/cuda/lib64",
          "usr/local/cuda*/lib64",
          "usr/local/cuda*/targets/x86_64-linux/lib",
          "opt/cuda*/lib64",
          "opt/cuda*/targets/x86_64-linux/lib",
          "usr/lib/x86_64-linux-gnu",
          "usr/lib64",
          "usr/lib",
          "opt/nvidia/hpc_sdk/Linux_x86_64/*/math_libs/lib64",
          "opt/conda/lib",
          "usr/lib/python3/dist-packages/nvidia/*/lib",
          "usr/local/lib/python3*/site-packages/nvidia/*/lib",
          "usr/local/lib/python3*/dist-packages/nvidia/*/lib",
          "opt/*/lib/python3*/site-packages/nvidia/*/lib");

  /** Below the folder of a virtual environment, of conda or of the user's own packages. */
  private static final List<String> IN_ENVIRONMENT =
      List.of("lib", "lib/python3*/site-packages/nvidia/*/lib");

  private static final List<String> ENVIRONMENTS = List.of("VIRTUAL_ENV", "CONDA_PREFIX");
  private static final List<String> TOOLKITS = List.of("CUDA_HOME", "CUDA_PATH");

  private final Path root;
  private final Map<String, String> environment;

  CublasFolders(Path root, Map<String, String> environment) {
    this.root = root;
    this.environment = environment;
  }

  /** Those of this machine. */
  static CublasFolders here() {
    return new CublasFolders(Path.of("/"), System.getenv());
  }

  /** The folder that the user names, or null. */
  @Nullable Path named() {
    String folder = environment.get(VARIABLE);
    return folder == null || folder.isEmpty() ? null : Path.of(folder).toAbsolutePath();
  }

  /** All that exist, the first to be preferred. */
  List<Path> all() {
    Path named = named();
    if (named != null) {
      return List.of(named);
    }
    Set<Path> found = new LinkedHashSet<>();
    for (String folder : environment.getOrDefault("LD_LIBRARY_PATH", "").split(":", -1)) {
      if (!folder.isEmpty()) {
        found.add(Path.of(folder).toAbsolutePath());
      }
    }
    for (String variable : TOOLKITS) {
      expand(variable, List.of("lib64", "targets/x86_64-linux/lib"), found);
    }
    for (String variable : ENVIRONMENTS) {
      expand(variable, IN_ENVIRONMENT, found);
    }
    found.addAll(ofLinker());
    USUAL.forEach(pattern -> expand(root, pattern, found));
    String home = environment.get("HOME");
    if (home != null) {
      IN_ENVIRONMENT.forEach(pattern -> expand(Path.of(home, ".local"), pattern, found));
    }
    found.removeIf(folder -> !Files.isDirectory(folder));
    return List.copyOf(found);
  }

  private void expand(String variable, List<String> patterns, Set<Path> into) {
    String folder = environment.get(variable);
    if (folder != null && !folder.isEmpty()) {
      Path start = Path.of(folder).toAbsolutePath();
      patterns.forEach(pattern -> expand(start, pattern, into));
    }
  }

  private static void expand(Path start, String pattern, Set<Path> into) {
    List<Path> level = List.of(start);
    for (String name : pattern.split("/", -1)) {
      List<Path> next = new ArrayList<>();
      for (Path folder : level) {
        if (!name.contains("*")) {
          next.add(folder.resolve(name));
        } else if (Files.isDirectory(folder)) {
          next.addAll(children(folder, name));
        }
      }
      level = next;
    }
    into.addAll(level);
  }

  /** The newest first: cuda-12.6 before cuda-12.4. */
  private static List<Path> children(Path folder, String pattern) {
    List<Path> found = new ArrayList<>();
    try (DirectoryStream<Path> stream = Files.newDirectoryStream(folder, pattern)) {
      stream.forEach(found::add);
    } catch (IOException e) {
      return List.of(); // not ours to read: nothing to be found there
    }
    found.sort((a, b) -> b.compareTo(a));
    return found;
  }

  /** What /etc/ld.so.conf names; its cache has no documented form. */
  private List<Path> ofLinker() {
    List<Path> files = new ArrayList<>(children(root.resolve("etc/ld.so.conf.d"), "*.conf"));
    files.add(root.resolve("etc/ld.so.conf"));
    List<Path> folders = new ArrayList<>();
    for (Path file : files) {
      for (String line : lines(file)) {
        if (line.startsWith("/")) {
          folders.add(root.resolve(line.strip().substring(1)));
        }
      }
    }
    return folders;
  }

  private static List<String> lines(Path file) {
    try {
      return Files.readAllLines(file, StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      return List.of(); // no such file here
    }
  }
}
