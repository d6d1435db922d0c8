package io.carousel.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The folders that files are written to, and that native code is unpacked to and loaded from. */
final class FolderChecks {
  private static final String CACHE_PROPERTY = "org.bytedeco.javacpp.cachedir";

  private FolderChecks() {}

  static List<Check> all() {
    Path temporary = Path.of(System.getProperty("java.io.tmpdir"));
    return List.of(
        loadable(
            "temporary folder",
            temporary,
            "choose another: CAROUSEL_JAVA_OPTS=-Djava.io.tmpdir=DIR"),
        nativeCache(),
        writable("working folder", Path.of("").toAbsolutePath()));
  }

  /** Where JavaCPP unpacks libraries to, by its rules. */
  private static Check nativeCache() {
    String standard = System.getProperty("user.home") + "/.javacpp/cache";
    Path folder = Path.of(System.getProperty(CACHE_PROPERTY, standard));
    String remedy = "choose another: CAROUSEL_JAVA_OPTS=-D" + CACHE_PROPERTY + "=DIR";
    try {
      Files.createDirectories(folder);
    } catch (IOException e) {
      return Check.warning("native code", folder + ": cannot be made; " + remedy);
    }
    return loadable("native code", folder, remedy);
  }

  /** Whether a file can be written there and executed, as loading native code needs. */
  private static Check loadable(String subject, Path folder, String remedy) {
    Path script = null;
    try {
      script = Files.createTempFile(folder, "carousel-doctor", ".sh");
      Files.writeString(script, "#!/bin/sh\nexit 0\n");
      if (!script.toFile().setExecutable(true)) {
        return Check.warning(subject, folder + ": files cannot be made executable; " + remedy);
      }
    } catch (IOException e) {
      delete(script);
      return Check.warning(subject, folder + ": cannot write: " + Failure.line(e) + "; " + remedy);
    }
    try {
      int code = new ProcessBuilder(script.toString()).start().waitFor();
      return code == 0
          ? Check.ok(subject, folder + ": writable, native code can be loaded")
          : Check.warning(subject, folder + ": a test script ended with " + code + "; " + remedy);
    } catch (IOException e) {
      return Check.warning(
          subject, folder + ": mounted noexec, native code cannot be loaded; " + remedy);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Check.warning(subject, folder + ": the check was interrupted");
    } finally {
      delete(script);
    }
  }

  private static Check writable(String subject, Path folder) {
    Path file = null;
    try {
      file = Files.createTempFile(folder, ".carousel-doctor", "");
      return Check.ok(subject, folder + ": writable, runs go to runs/");
    } catch (IOException e) {
      return Check.warning(subject, folder + ": cannot write here; train with --out DIR");
    } finally {
      delete(file);
    }
  }

  private static void delete(@Nullable Path file) {
    if (file != null) {
      try {
        Files.deleteIfExists(file);
      } catch (IOException e) {
        file.toFile().deleteOnExit();
      }
    }
  }
}
