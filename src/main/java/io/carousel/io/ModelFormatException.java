package io.carousel.io;

import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** A file does not hold what it should; the message names the file and what is wrong with it. */
public final class ModelFormatException extends IOException {
  private static final long serialVersionUID = 1L;

  /**
   * Reports a problem of a file.
   *
   * @param file the file as the user named it
   * @param problem what is wrong and, where that helps, what was expected
   */
  public ModelFormatException(Path file, String problem) {
    this(file, problem, null);
  }

  /**
   * Reports a problem of a file that another exception revealed.
   *
   * @param file the file as the user named it
   * @param problem what is wrong and, where that helps, what was expected
   * @param cause the exception that revealed it
   */
  public ModelFormatException(Path file, String problem, @Nullable Throwable cause) {
    super(Names.printable(file + ": " + problem), cause);
  }
}
