package io.carousel.data.icu;

import java.io.IOException;

/** A file of the PhysioNet/CinC 2012 sets that is missing or is not what it should be. */
public final class IcuException extends IOException {
  private static final long serialVersionUID = 1L;

  /** What is wrong with {@code file}; the message starts with its name. */
  public IcuException(String file, String problem) {
    super(file + ": " + problem);
  }

  /** The same, at a line, counted from 1. */
  public IcuException(String file, int line, String problem) {
    super(file + ", line " + line + ": " + problem);
  }
}
