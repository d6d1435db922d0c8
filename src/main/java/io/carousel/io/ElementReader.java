package io.carousel.io;

import io.carousel.device.HalfPrecision;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;

/** Reads the elements of one tensor, piece by piece, into one Java array. */
final class ElementReader {
  private static final int PIECE_BYTES = 1 << 18;
  private static final int LONGEST_ARRAY = Integer.MAX_VALUE - 8;

  private final Path file;
  private final ByteSource source;
  private final long dataStart;
  private final TensorEntry entry;

  ElementReader(Path file, ByteSource source, long dataStart, TensorEntry entry) {
    this.file = file;
    this.source = source;
    this.dataStart = dataStart;
    this.entry = entry;
  }

  /** Takes {@code count} elements that lie in {@code piece} from its start. */
  private interface Sink {
    void accept(ByteBuffer piece, int first, int count);
  }

  float[] floats() throws IOException {
    float[] out = new float[count()];
    forEachPiece(
        switch (entry.dtype()) {
          case F32 -> (piece, first, count) -> piece.asFloatBuffer().get(out, first, count);
          case F16 ->
              (piece, first, count) -> {
                for (int i = 0; i < count; i++) {
                  out[first + i] = HalfPrecision.f16(piece.getShort(2 * i));
                }
              };
          case BF16 ->
              (piece, first, count) -> {
                for (int i = 0; i < count; i++) {
                  out[first + i] = HalfPrecision.bf16(piece.getShort(2 * i));
                }
              };
          default -> throw new IllegalArgumentException(entry + " does not fit float");
        });
    return out;
  }

  double[] doubles() throws IOException {
    double[] out = new double[count()];
    forEachPiece(
        switch (entry.dtype()) {
          case F64 -> (piece, first, count) -> piece.asDoubleBuffer().get(out, first, count);
          case F32 ->
              (piece, first, count) -> {
                for (int i = 0; i < count; i++) {
                  out[first + i] = piece.getFloat(4 * i);
                }
              };
          case F16 ->
              (piece, first, count) -> {
                for (int i = 0; i < count; i++) {
                  out[first + i] = HalfPrecision.f16(piece.getShort(2 * i));
                }
              };
          case BF16 ->
              (piece, first, count) -> {
                for (int i = 0; i < count; i++) {
                  out[first + i] = HalfPrecision.bf16(piece.getShort(2 * i));
                }
              };
          default -> throw new IllegalArgumentException(entry + " does not fit double");
        });
    return out;
  }

  long[] longs() throws IOException {
    long[] out = new long[count()];
    forEachPiece(
        switch (entry.dtype()) {
          case I64 -> (piece, first, count) -> piece.asLongBuffer().get(out, first, count);
          case I32 ->
              (piece, first, count) -> {
                for (int i = 0; i < count; i++) {
                  out[first + i] = piece.getInt(4 * i);
                }
              };
          default -> throw new IllegalArgumentException(entry + " does not fit long");
        });
    return out;
  }

  int[] ints() throws IOException {
    int[] out = new int[count()];
    forEachPiece((piece, first, count) -> piece.asIntBuffer().get(out, first, count));
    return out;
  }

  private int count() throws ModelFormatException {
    if (entry.elements() > LONGEST_ARRAY) {
      throw new ModelFormatException(
          file,
          "tensor %s has %d elements, a Java array holds at most %d"
              .formatted(Names.quote(entry.name()), entry.elements(), LONGEST_ARRAY));
    }
    return (int) entry.elements();
  }

  private void forEachPiece(Sink sink) throws IOException {
    ByteBuffer piece = ByteBuffer.allocate((int) Math.min(PIECE_BYTES, entry.bytes()));
    piece.order(ByteOrder.LITTLE_ENDIAN);
    int size = entry.dtype().bytes();
    long done = 0;
    while (done < entry.bytes()) {
      piece.clear().limit((int) Math.min(piece.capacity(), entry.bytes() - done));
      SafetensorsHeader.readFully(file, source, piece, dataStart + entry.begin() + done);
      piece.flip();
      sink.accept(piece, (int) (done / size), piece.limit() / size);
      done += piece.limit();
    }
  }
}
