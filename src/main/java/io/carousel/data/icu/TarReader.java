package io.carousel.data.icu;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Reads the regular files of a tar archive one after the other, in a stream (POSIX ustar headers;
 * folders, links and extended headers are passed over).
 */
final class TarReader {
  private static final int BLOCK = 512;

  private final String archive;
  private final InputStream in;

  /**
   * A reader at the start.
   *
   * @param archive its name, for messages
   * @param in the archive, not compressed; the caller closes it
   */
  TarReader(String archive, InputStream in) {
    this.archive = archive;
    this.in = in;
  }

  /**
   * A file of the archive.
   *
   * @param name as in the archive
   * @param bytes all of it
   */
  @SuppressWarnings("ArrayRecordComponent")
  record Entry(String name, byte[] bytes) {}

  /**
   * The next regular file, null at the end.
   *
   * @throws IcuException when this is no tar archive or it ends too early
   */
  @Nullable Entry next() throws IOException {
    while (true) {
      byte[] header = in.readNBytes(BLOCK);
      if (header.length == 0 || (header.length == BLOCK && isZero(header))) {
        return null;
      }
      if (header.length < BLOCK || octal(header, 148, 8) != checksum(header)) {
        throw new IcuException(archive, "not a tar archive, or a damaged one");
      }
      String name = text(header, 0, 100);
      int size = (int) octal(header, 124, 12);
      byte[] bytes = in.readNBytes(size);
      int padding = (BLOCK - size % BLOCK) % BLOCK;
      if (bytes.length < size || in.readNBytes(padding).length < padding) {
        throw new IcuException(archive, "the archive ends within " + name);
      }
      if (header[156] == '0' || header[156] == 0) {
        return new Entry(name, bytes);
      }
    }
  }

  private static boolean isZero(byte[] block) {
    return Arrays.equals(block, new byte[BLOCK]);
  }

  /** Sum of the header's bytes, those of the checksum itself taken as spaces. */
  private static long checksum(byte[] header) {
    long sum = 0;
    for (int i = 0; i < BLOCK; i++) {
      sum += i >= 148 && i < 156 ? ' ' : header[i] & 0xFF;
    }
    return sum;
  }

  private long octal(byte[] header, int from, int length) throws IcuException {
    String digits = text(header, from, length).strip();
    try {
      long value = digits.isEmpty() ? 0 : Long.parseLong(digits, 8);
      if (value >= 0 && value <= Integer.MAX_VALUE) {
        return value;
      }
    } catch (NumberFormatException e) {
      // reported below
    }
    throw new IcuException(archive, "not a tar archive, or a damaged one");
  }

  private static String text(byte[] header, int from, int length) {
    int end = from;
    while (end < from + length && header[end] != 0) {
      end++;
    }
    return new String(header, from, end - from, StandardCharsets.UTF_8);
  }
}
