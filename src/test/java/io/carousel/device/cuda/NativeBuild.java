package io.carousel.device.cuda;

import java.nio.file.Path;

/** Where {@code scripts/natives.sh} builds what is for tests only. */
final class NativeBuild {
  static final Path FOLDER =
      Path.of(System.getProperty("basedir", "."), "target", "native", "test").toAbsolutePath();

  /** The kernels and the emulated machine, built with AddressSanitizer. */
  static final Path SANITIZED = FOLDER.resolve("asan/libcarousel_emulation_asan.so");

  private NativeBuild() {}
}
