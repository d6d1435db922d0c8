package io.carousel.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** JSON objects, one a line, to standard output, to a file, to both or to nowhere. */
final class BenchLines implements AutoCloseable {
  private final @Nullable PrintWriter out;
  private final @Nullable BufferedWriter file;

  private BenchLines(@Nullable PrintWriter out, @Nullable BufferedWriter file) {
    this.out = out;
    this.file = file;
  }

  /** Opens the file, overwriting it. */
  static BenchLines open(@Nullable PrintWriter out, @Nullable Path file) throws IOException {
    return new BenchLines(out, file == null ? null : Files.newBufferedWriter(file));
  }

  /** Writes one line, at once: a run may be stopped. */
  void write(ObjectNode object) {
    if (out != null) {
      out.println(object);
      out.flush();
    }
    if (file != null) {
      try {
        file.write(object + "\n");
        file.flush();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  @Override
  public void close() throws IOException {
    if (file != null) {
      file.close();
    }
  }
}
