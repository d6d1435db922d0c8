package io.carousel.cli.bench;

import io.carousel.device.PackedShape;
import java.math.BigInteger;
import java.util.List;
import java.util.Locale;

/**
 * The size of a stack and its batch.
 *
 * @param steps T
 * @param batchSize B
 * @param inputSize I
 * @param hiddenSize H
 * @param layers number of stacked layers
 * @param lengths of the sequences
 */
public record BenchShape(
    int steps, int batchSize, int inputSize, int hiddenSize, int layers, Lengths lengths) {
  private static final List<String> KEYS = List.of("T", "B", "I", "H", "layers");

  /** How long the sequences of a batch are. */
  public enum Lengths {
    /** All have T steps. */
    DENSE,
    /** From T to T/4 steps in equal parts, rounded: {@code linspace(T, T/4, B)}. */
    RAGGED
  }

  /** Sequences of equal length. */
  public BenchShape(int steps, int batchSize, int inputSize, int hiddenSize, int layers) {
    this(steps, batchSize, inputSize, hiddenSize, layers, Lengths.DENSE);
  }

  /**
   * Parses {@code T=100,B=64,I=512,H=512,layers=1,lengths=dense}: each key once, in any order; the
   * last two may be left out.
   *
   * @throws IllegalArgumentException when a key is unknown, missing or given twice, or a value is
   *     no positive 32-bit number
   */
  public static BenchShape parse(String text) {
    int[] values = new int[KEYS.size()]; // 0 is not given
    Lengths lengths = null;
    for (String part : text.split(",", -1)) {
      String[] pair = part.split("=", -1);
      if (pair.length != 2) {
        throw wrong(text, "'" + part + "' is not KEY=NUMBER");
      }
      if (pair[0].strip().equals("lengths")) {
        if (lengths != null) {
          throw wrong(text, "lengths is given twice");
        }
        lengths = lengths(text, pair[1].strip());
        continue;
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
    return new BenchShape(
        values[0],
        values[1],
        values[2],
        values[3],
        values[layers],
        lengths == null ? Lengths.DENSE : lengths);
  }

  /** The batch: dense, or of falling lengths. */
  public PackedShape packed() {
    if (lengths == Lengths.DENSE) {
      return PackedShape.dense(steps, batchSize);
    }
    int[] each = new int[batchSize];
    for (int i = 0; i < batchSize; i++) {
      double place = batchSize == 1 ? 0 : i / (batchSize - 1.0);
      each[i] = (int) Math.max(1, Math.round(steps - place * steps * 0.75));
    }
    return PackedShape.of(each);
  }

  /** The same with falling lengths. */
  BenchShape ragged() {
    return new BenchShape(steps, batchSize, inputSize, hiddenSize, layers, Lengths.RAGGED);
  }

  /** The word of its lengths: {@code dense} or {@code ragged}. */
  public String lengthsWord() {
    return lengths.name().toLowerCase(Locale.ROOT);
  }

  private static Lengths lengths(String text, String word) {
    return switch (word) {
      case "dense" -> Lengths.DENSE;
      case "ragged" -> Lengths.RAGGED;
      default -> throw wrong(text, "lengths is '%s', not dense or ragged".formatted(word));
    };
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
