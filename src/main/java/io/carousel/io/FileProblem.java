package io.carousel.io;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** Turns what the file system answers, often a bare path, into one line with file and reason. */
final class FileProblem {
  private FileProblem() {}

  /** The same failure, with a message that names {@code file} and says why. */
  static IOException explain(Path file, IOException cause) {
    if (cause instanceof ModelFormatException) {
      return cause;
    }
    String name = file.toString();
    FileSystemException explained;
    if (cause instanceof NoSuchFileException) {
      explained = new NoSuchFileException(name, null, "no such file");
    } else if (cause instanceof AccessDeniedException) {
      explained = new AccessDeniedException(name, null, "permission denied");
    } else {
      explained = new FileSystemException(name, null, reason(cause));
    }
    explained.initCause(cause);
    return explained;
  }

  /** Refuses everything but a regular file, before opening it could block or mislead. */
  static void requireRegularFile(Path file) throws IOException {
    if (!Files.exists(file)) {
      throw new NoSuchFileException(file.toString(), null, "no such file");
    }
    if (Files.isDirectory(file)) {
      throw new ModelFormatException(file, "this is a folder, not a file");
    }
    if (!Files.isRegularFile(file)) {
      throw new ModelFormatException(file, "this is not a regular file");
    }
  }

  private static String reason(IOException cause) {
    // without a reason, the message of a FileSystemException is nothing but the file's name
    String reason =
        cause instanceof FileSystemException refused ? refused.getReason() : cause.getMessage();
    return reason == null ? cause.getClass().getSimpleName() : reason;
  }
}
