package io.carousel.cli.bench;

import java.math.BigInteger;
import java.util.List;

/**
 * The size of a stack and its batch.
 *
 * @param steps T
 * @param batchSize B
 * @param inputSize I
 * @param hiddenSize H
 * @param layers number of stacked layers
 */
public record BenchShape(int steps, int batchSize, int inputSize, int hiddenSize, int layers) {
  private static final List<String> KEYS = List.of("T", "B", "I", "H", "layers");

  /**
   * Parses {@code T=100,B=64,I=512,H=512,layers=1}: each key once, in any order; layers may be left
   * out.
   *
   * @throws IllegalArgumentException when a key is unknown, missing or given twice, or a value is
   *     no positive 32-bit number
   */
  public static BenchShape parse(String text) {
    int[] values = new int[KEYS.size()]; // 0 is not given
    for (String part : text.split(",", -1)) {
      String[] pair = part.split("=", -1);
      if (pair.length != 2) {
        throw wrong(text, "'" + part + "' is not KEY=NUMBER");
      }
      int key = KEYS.indexOf(pair[0].strip());
      if (key < 0) {
        throw wrong(text, "unknown key '" + pair[0].strip() + "'");
      }
      if (values[key] != 0) {
        throw wrong(text, KEYS.get(key) + " is given twice");
      }
      values[key] = number(text, KEYS.get(key), pair[1].strip());
    }
    int layers = KEYS.indexOf("layers");
    values[layers] = Math.max(1, values[layers]);
    for (int key = 0; key < values.length; key++) {
      if (values[key] == 0) {
        throw wrong(text, KEYS.get(key) + " is missing");
      }
    }
    return new BenchShape(values[0], values[1], values[2], values[3], values[layers]);
  }

  private static int number(String text, String key, String digits) {
    if (!digits.matches("[0-9]+")) {
      throw wrong(text, "%s is '%s', not a positive whole number".formatted(key, digits));
    }
    BigInteger value = new BigInteger(digits);
    if (value.signum() == 0 || value.bitLength() >= Integer.SIZE) {
      throw wrong(text, "%s is %s, outside 1..%d".formatted(key, value, Integer.MAX_VALUE));
    }
    return value.intValueExact();
  }

  private static IllegalArgumentException wrong(String text, String problem) {
    return new IllegalArgumentException(
        "shape '%s': %s; expected T=100,B=64,I=512,H=512,layers=1".formatted(text, problem));
  }
}
