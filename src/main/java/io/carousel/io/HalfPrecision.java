package io.carousel.io;

/** The exact float values of 16-bit floats (JDK 17 has no conversion of its own). */
final class HalfPrecision {
  private static final float SMALLEST_F16 = 0x1p-24f;

  private HalfPrecision() {}

  /** IEEE 754 binary16: 1 sign, 5 exponent (bias 15) and 10 fraction bits. */
  static float f16(short bits) {
    int sign = (bits & 0x8000) << 16;
    int exponent = (bits >> 10) & 0x1f;
    int fraction = bits & 0x3ff;
    if (exponent == 0) {
      return Float.intBitsToFloat(sign | Float.floatToRawIntBits(fraction * SMALLEST_F16));
    }
    int wide = exponent == 0x1f ? 0xff : exponent - 15 + 127;
    return Float.intBitsToFloat(sign | (wide << 23) | (fraction << 13));
  }

  /** The upper half of a binary32. */
  static float bf16(short bits) {
    return Float.intBitsToFloat(bits << 16);
  }
}
