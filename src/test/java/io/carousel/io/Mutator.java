package io.carousel.io;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** Damages safetensors bytes in the ways in which files are damaged or forged. */
final class Mutator {
  private static final List<String> NASTY =
      List.of(
          "-1",
          "0",
          "1",
          "2147483648",
          "4294967296",
          "9223372036854775807",
          "9223372036854775808",
          "18446744073709551616",
          "1e9",
          "1e999999999",
          "0.5",
          "null",
          "true",
          "\"\"",
          "[]",
          "{}",
          "[".repeat(2_000),
          "{\"a\":".repeat(2_000),
          "9".repeat(2_000),
          "[9223372036854775807,9223372036854775807]",
          "\"\\ud800\"",
          "\"F64\"",
          "\"F16\"",
          "\"__metadata__\":{},",
          "\"sha256\"",
          "\u0000",
          "\"",
          "\\",
          ",",
          "}",
          "]",
          " ");
  private static final long[] LENGTHS = {
    0, 1, 2, 7, 8, -1, Long.MIN_VALUE, Long.MAX_VALUE, 100_000_000, 100_000_001, 1L << 32, 1L << 31
  };

  private final Random random;
  private final List<byte[]> seeds;

  Mutator(long seed, List<byte[]> seeds) {
    this.random = new Random(seed);
    this.seeds = seeds;
  }

  /** One change of a seed, in one case of four three. */
  byte[] mutate(byte[] seed) {
    byte[] bytes = change(seed);
    return random.nextInt(4) > 0 ? bytes : change(change(bytes));
  }

  private byte[] change(byte[] bytes) {
    if (bytes.length == 0) {
      return someBytes();
    }
    return switch (random.nextInt(9)) {
      case 0 -> flipBits(bytes);
      case 1 -> Arrays.copyOf(bytes, random.nextInt(bytes.length));
      case 2 -> replace(bytes, bytes.length, bytes.length, someBytes());
      case 3 -> splice(bytes);
      case 4 -> replace(bytes, place(bytes), random.nextInt(bytes.length + 1), new byte[0]);
      case 5 -> withLength(bytes, LENGTHS[random.nextInt(LENGTHS.length)]);
      case 6 -> withLength(bytes, bytes.length - 8 + random.nextInt(5) - 2);
      case 7 -> nastyValue(bytes);
      default -> nastyNumber(bytes);
    };
  }

  private byte[] flipBits(byte[] bytes) {
    byte[] changed = bytes.clone();
    for (int i = random.nextInt(4); i >= 0; i--) {
      changed[place(bytes)] ^= (byte) (1 << random.nextInt(8));
    }
    return changed;
  }

  private byte[] splice(byte[] bytes) {
    byte[] donor = seeds.get(random.nextInt(seeds.size()));
    int from = random.nextInt(donor.length);
    byte[] slice = Arrays.copyOfRange(donor, from, from + random.nextInt(donor.length - from + 1));
    int at = place(bytes);
    return replace(bytes, at, random.nextBoolean() ? at : at + slice.length, slice);
  }

  private byte[] nastyValue(byte[] bytes) {
    byte[] value = NASTY.get(random.nextInt(NASTY.size())).getBytes(StandardCharsets.UTF_8);
    int at = place(bytes);
    return replace(bytes, at, at + random.nextInt(4), value);
  }

  /** Replaces one number of the header, so that the rest of it stays valid. */
  private byte[] nastyNumber(byte[] bytes) {
    int at = place(bytes);
    while (at < bytes.length && !Character.isDigit(bytes[at])) {
      at++;
    }
    int end = at;
    while (end < bytes.length && Character.isDigit(bytes[end])) {
      end++;
    }
    String value =
        random.nextBoolean()
            ? Integer.toString(random.nextInt(64))
            : NASTY.get(random.nextInt(NASTY.size()));
    return replace(bytes, at, end, value.getBytes(StandardCharsets.UTF_8));
  }

  /** Replaces bytes; when that happens in the header, the length field mostly follows. */
  private byte[] replace(byte[] bytes, int from, int to, byte[] by) {
    int start = Math.min(from, to);
    int end = Math.min(Math.max(from, to), bytes.length);
    byte[] changed = new byte[bytes.length - (end - start) + by.length];
    System.arraycopy(bytes, 0, changed, 0, start);
    System.arraycopy(by, 0, changed, start, by.length);
    System.arraycopy(bytes, end, changed, start + by.length, bytes.length - end);
    if (bytes.length >= 8 && start >= 8 && random.nextInt(4) > 0) {
      long length = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getLong();
      if (end <= 8 + length) {
        return withLength(changed, length + by.length - (end - start));
      }
    }
    return changed;
  }

  private byte[] withLength(byte[] bytes, long length) {
    byte[] changed = bytes.length < 8 ? new byte[8] : bytes.clone();
    ByteBuffer.wrap(changed).order(ByteOrder.LITTLE_ENDIAN).putLong(length);
    return changed;
  }

  private byte[] someBytes() {
    byte[] bytes = new byte[1 + random.nextInt(64)];
    random.nextBytes(bytes);
    return bytes;
  }

  private int place(byte[] bytes) {
    return random.nextInt(bytes.length);
  }
}
