package io.carousel.data.ecg;

import java.io.IOException;
import java.nio.file.Path;

/** A WFDB header, signal or annotation file that is missing, damaged or of an unsupported kind. */
public final class WfdbException extends IOException {
  private static final long serialVersionUID = 1L;

  /** What is wrong with {@code file}; the message starts with its path. */
  public WfdbException(Path file, String problem) {
    super(file + ": " + problem);
  }
}
