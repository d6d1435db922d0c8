package io.carousel.io;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/**
 * The validated header of a safetensors file: every byte after it belongs to exactly one tensor.
 *
 * @param metadata the file's free text, in the file's order
 * @param entries the tensors by name, in the file's order
 * @param dataStart position of the data section in the file, in bytes
 */
record SafetensorsHeader(
    Map<String, String> metadata, Map<String, TensorEntry> entries, long dataStart) {
  /** The cap of the format's reference implementation, in bytes. */
  static final int MAX_BYTES = 100_000_000;

  static final int LENGTH_FIELD = Long.BYTES;

  static SafetensorsHeader read(Path file, ByteSource source) throws IOException {
    long size = source.size();
    if (size == 0) {
      throw new ModelFormatException(file, "the file is empty");
    }
    if (size < LENGTH_FIELD) {
      throw new ModelFormatException(
          file, "the file is truncated: it has " + size + " bytes, its length field alone has 8");
    }
    ByteBuffer field = ByteBuffer.allocate(LENGTH_FIELD).order(ByteOrder.LITTLE_ENDIAN);
    readFully(file, source, field, 0);
    long length = field.getLong(0);
    if (length < 0 || length > MAX_BYTES) {
      throw new ModelFormatException(
          file,
          "this is no safetensors file: its header would have %s bytes, at most %d are allowed"
              .formatted(Long.toUnsignedString(length), MAX_BYTES));
    }
    if (length > size - LENGTH_FIELD) {
      throw new ModelFormatException(
          file,
          "this is no safetensors file, or a truncated one: its header would have %d bytes, %d follow"
              .formatted(length, size - LENGTH_FIELD));
    }
    ByteBuffer header = ByteBuffer.allocate((int) length);
    readFully(file, source, header, LENGTH_FIELD);
    HeaderParser.Parsed parsed = HeaderParser.parse(file, header.array());
    long dataStart = LENGTH_FIELD + length;
    requireFullCover(file, parsed.entries(), size - dataStart);
    return new SafetensorsHeader(parsed.metadata(), parsed.entries(), dataStart);
  }

  /** Fills the buffer from the file, which may have become shorter since it was opened. */
  static void readFully(Path file, ByteSource source, ByteBuffer into, long position)
      throws IOException {
    long start = position - into.position();
    while (into.hasRemaining()) {
      if (source.read(into, start + into.position()) < 0) {
        throw new ModelFormatException(
            file, "the file ended at byte " + (start + into.position()) + " while it was read");
      }
    }
  }

  private static void requireFullCover(Path file, Map<String, TensorEntry> entries, long dataSize)
      throws ModelFormatException {
    List<TensorEntry> ordered =
        entries.values().stream()
            .sorted(
                Comparator.comparingLong(TensorEntry::begin).thenComparingLong(TensorEntry::end))
            .toList();
    long covered = 0;
    for (TensorEntry entry : ordered) {
      if (entry.begin() != covered) {
        throw new ModelFormatException(
            file,
            "tensor %s starts at data byte %d, but the one before it ends at %d: %s"
                .formatted(
                    Names.quote(entry.name()),
                    entry.begin(),
                    covered,
                    entry.begin() < covered ? "they overlap" : "there is a hole"));
      }
      covered = entry.end();
    }
    if (covered > dataSize) {
      throw new ModelFormatException(
          file,
          "the file is truncated: its tensors need %d bytes, it holds %d"
              .formatted(covered, dataSize));
    }
    if (covered < dataSize) {
      throw new ModelFormatException(
          file, (dataSize - covered) + " bytes after the last tensor belong to no tensor");
    }
  }
}
