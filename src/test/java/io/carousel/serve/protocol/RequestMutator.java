package io.carousel.serve.protocol;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** Damages requests in the ways in which clients get them wrong or attackers forge them. */
final class RequestMutator {
  private static final List<String> NASTY =
      List.of(
          "-1",
          "0",
          "2",
          "2147483648",
          "9223372036854775808",
          "1e9",
          "1e999999999",
          "-1e-999",
          "0.5",
          "NaN",
          "-Infinity",
          "null",
          "true",
          "\"\"",
          "[]",
          "{}",
          "[[1]]",
          "[1,2,",
          ",,",
          "[".repeat(2_000),
          "{\"a\":".repeat(2_000),
          "9".repeat(2_000),
          "\"\\ud800\"",
          "\"\\u0000\"",
          "\"INT64\"",
          "\"FP32\"",
          "\"FP64\"",
          "\"lengths\"",
          "\"input\"",
          "\"output\"",
          "[2147483647,2147483647,2]",
          "90000000",
          "\"data\":[1,2],",
          "\"name\":\"input\",",
          "\"shape\":[1,2,2],",
          "\"id\":\"x\",",
          "\"parameters\":{\"a\":false},",
          "\u0000",
          "\u00e4",
          "\"",
          "\\",
          ",",
          "}",
          "]",
          " ",
          "/*",
          "+1",
          "01");

  private final Random random;
  private final List<byte[]> seeds;

  RequestMutator(long seed, List<byte[]> seeds) {
    this.random = new Random(seed);
    this.seeds = seeds;
  }

  /** One to three changes of a seed. */
  byte[] mutate(byte[] seed) {
    byte[] bytes = seed;
    for (int i = random.nextInt(5) < 4 ? 1 : 3; i > 0; i--) {
      bytes = change(bytes);
    }
    return bytes;
  }

  private byte[] change(byte[] bytes) {
    if (bytes.length == 0) {
      return new byte[] {(byte) random.nextInt(256)};
    }
    int at = random.nextInt(bytes.length);
    return switch (random.nextInt(7)) {
      case 0 -> {
        byte[] changed = bytes.clone();
        changed[at] ^= (byte) (1 << random.nextInt(8));
        yield changed;
      }
      case 1 -> Arrays.copyOf(bytes, at);
      case 2 -> replace(bytes, at, random.nextInt(bytes.length + 1), new byte[0]);
      case 3 -> {
        byte[] donor = seeds.get(random.nextInt(seeds.size()));
        int from = random.nextInt(donor.length);
        int to = from + random.nextInt(donor.length - from + 1);
        yield replace(bytes, at, at, Arrays.copyOfRange(donor, from, to));
      }
      case 4 -> replace(bytes, at, at + random.nextInt(4), nasty());
      default -> replaceValue(bytes, at);
    };
  }

  /** Replaces a whole number or text, so that the rest stays JSON. */
  private byte[] replaceValue(byte[] bytes, int near) {
    int at = near;
    while (at < bytes.length && !Character.isDigit(bytes[at]) && bytes[at] != '"') {
      at++;
    }
    int end = Math.min(at + 1, bytes.length);
    boolean text = at < bytes.length && bytes[at] == '"';
    while (end < bytes.length && (text ? bytes[end] != '"' : Character.isDigit(bytes[end]))) {
      end++;
    }
    byte[] value =
        random.nextBoolean()
            ? nasty()
            : Integer.toString(random.nextInt(8)).getBytes(StandardCharsets.US_ASCII);
    return replace(bytes, at, text ? end + 1 : end, value);
  }

  private byte[] nasty() {
    return NASTY.get(random.nextInt(NASTY.size())).getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] replace(byte[] bytes, int from, int to, byte[] by) {
    int start = Math.min(Math.min(from, to), bytes.length);
    int end = Math.min(Math.max(from, to), bytes.length);
    byte[] changed = new byte[bytes.length - (end - start) + by.length];
    System.arraycopy(bytes, 0, changed, 0, start);
    System.arraycopy(by, 0, changed, start, by.length);
    System.arraycopy(bytes, end, changed, start + by.length, bytes.length - end);
    return changed;
  }
}
