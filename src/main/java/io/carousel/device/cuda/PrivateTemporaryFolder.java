package io.carousel.device.cuda;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * While one is open, {@code java.io.tmpdir} is an empty folder of this process. For initialising
 * JCuda's classes: they unpack their libraries to a fixed file name there, piece by piece, so that
 * a second process reads half a library and dies. A loaded library does not need its file.
 */
final class PrivateTemporaryFolder implements AutoCloseable {
  private static final String PROPERTY = "java.io.tmpdir";

  private final String before = System.getProperty(PROPERTY);
  private final Path folder;

  PrivateTemporaryFolder() throws IOException {
    // java.io.File and java.nio.file.Files each remember the property as they first see it: let
    // that be the lasting one
    Files.delete(File.createTempFile("carousel-", "").toPath());
    folder = Files.createTempDirectory("carousel-jcuda-").toAbsolutePath();
    System.setProperty(PROPERTY, folder.toString());
  }

  @Override
  public void close() {
    System.setProperty(PROPERTY, before);
    File[] files = folder.toFile().listFiles();
    for (File file : files == null ? new File[0] : files) {
      delete(file);
    }
    delete(folder.toFile());
  }

  private static void delete(File file) {
    if (!file.delete()) {
      file.deleteOnExit();
    }
  }
}
