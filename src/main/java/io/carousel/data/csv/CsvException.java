package io.carousel.data.csv;

import java.io.IOException;
import java.nio.file.Path;

/** A file of separated numbers that cannot be used. */
public final class CsvException extends IOException {
  private static final long serialVersionUID = 1L;

  /** What is wrong with {@code file} as a whole; the message starts with its path. */
  CsvException(Path file, String problem) {
    super(file + ": " + problem);
  }

  /** What is wrong at a line (from 1) of {@code file}; the message starts with path and line. */
  CsvException(Path file, int line, String problem) {
    super(file + ", line " + line + ": " + problem);
  }
}
