package io.carousel.device;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import org.scijava.nativelib.DefaultJniExtractor;

/**
 * Native libraries from the class path: unpacked to the temporary folder, loaded, and deleted
 * again.
 */
public final class BundledLibrary {
  private static final String FOLDER = "natives/linux_64";
  private static final String OTHER_FOLDER = "choose another with -Djava.io.tmpdir=DIR";
  private static final Set<String> LOADED = new HashSet<>();

  private BundledLibrary() {}

  /**
   * Whether the class path has the library; {@code name} as {@code System.loadLibrary} takes it.
   */
  public static boolean isThere(String name) {
    String resource = FOLDER + "/" + System.mapLibraryName(name);
    return BundledLibrary.class.getClassLoader().getResource(resource) != null;
  }

  /**
   * Loads the library, once.
   *
   * @throws DeviceException when it is not on the class path, cannot be unpacked or does not load,
   *     with the linker's own words and what to do
   */
  public static synchronized void load(String name) {
    if (LOADED.contains(name)) {
      return;
    }
    Path file = unpack(name);
    try {
      System.load(file.toString());
      LOADED.add(name);
    } catch (UnsatisfiedLinkError e) {
      throw new DeviceException("the library " + name + " does not load: " + explain(e), e);
    } finally {
      delete(file); // a loaded library does not need its file; a crash would leave it behind
    }
  }

  private static Path unpack(String name) {
    try {
      // an extractor of our own: NativeLoader's is made in a static initialiser, which cannot be
      // tried again after a full disk
      var file = new DefaultJniExtractor(BundledLibrary.class).extractJni(FOLDER, name);
      if (file != null) {
        return file.toPath().toAbsolutePath();
      }
    } catch (IOException e) {
      throw new DeviceException(
          "the library %s cannot be unpacked to %s (%s): %s"
              .formatted(name, temporaryFolder(), e.getMessage(), OTHER_FOLDER),
          e);
    }
    throw new DeviceException(
        "this build of Carousel has no library "
            + name
            + ": it was built with -Dcarousel.natives=off or without the tools for it; build it with"
            + " cmake and g++ on Linux x86-64 (mvn package; for CUDA see docs/cuda-setup.md)");
  }

  /** The linker's words, and what to do where they are known. */
  public static String explain(UnsatisfiedLinkError error) {
    String words = String.valueOf(error.getMessage());
    if (words.contains("failed to map segment")) {
      return "%s is mounted noexec: %s (%s)".formatted(temporaryFolder(), OTHER_FOLDER, words);
    }
    if (words.contains("GLIBC_")) {
      return words + ": it was built on a newer system; build Carousel here (mvn package)";
    }
    return words;
  }

  private static String temporaryFolder() {
    return System.getProperty("java.io.tmpdir");
  }

  private static void delete(Path file) {
    try {
      Files.deleteIfExists(file);
      Path folder = file.getParent();
      if (folder != null) {
        Files.deleteIfExists(folder);
      }
    } catch (IOException e) {
      file.toFile().deleteOnExit();
    }
  }
}
