package io.carousel.io;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Writes the elements of a Java array, little-endian, piece by piece. */
final class ElementWriter {
  private static final int PIECE_BYTES = 1 << 18;

  private ElementWriter() {}

  /** Puts {@code count} elements from {@code first} on at the start of {@code piece}. */
  private interface Source {
    void fill(ByteBuffer piece, int first, int count);
  }

  static AtomicFile.Content of(float[] values) {
    return out ->
        write(
            out,
            values.length,
            Float.BYTES,
            (piece, first, count) -> piece.asFloatBuffer().put(values, first, count));
  }

  static AtomicFile.Content of(double[] values) {
    return out ->
        write(
            out,
            values.length,
            Double.BYTES,
            (piece, first, count) -> piece.asDoubleBuffer().put(values, first, count));
  }

  static AtomicFile.Content of(long[] values) {
    return out ->
        write(
            out,
            values.length,
            Long.BYTES,
            (piece, first, count) -> piece.asLongBuffer().put(values, first, count));
  }

  static AtomicFile.Content of(int[] values) {
    return out ->
        write(
            out,
            values.length,
            Integer.BYTES,
            (piece, first, count) -> piece.asIntBuffer().put(values, first, count));
  }

  private static void write(OutputStream out, int length, int size, Source source)
      throws IOException {
    byte[] bytes = new byte[(int) Math.min(PIECE_BYTES, (long) length * size)];
    ByteBuffer piece = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    int most = PIECE_BYTES / size;
    for (int first = 0; first < length; first += most) {
      int count = Math.min(most, length - first);
      source.fill(piece, first, count);
      out.write(bytes, 0, count * size);
    }
  }
}
