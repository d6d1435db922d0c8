package io.carousel.device;

/** 16-bit floats and the float values they stand for (JDK 17 has no conversion of its own). */
public final class HalfPrecision {
  private static final float SMALLEST_F16 = 0x1p-24f;

  private HalfPrecision() {}

  /** The value of IEEE 754 binary16: 1 sign, 5 exponent (bias 15) and 10 fraction bits. */
  public static float f16(short bits) {
    int sign = (bits & 0x8000) << 16;
    int exponent = (bits >> 10) & 0x1f;
    int fraction = bits & 0x3ff;
    if (exponent == 0) {
      return Float.intBitsToFloat(sign | Float.floatToRawIntBits(fraction * SMALLEST_F16));
    }
    int wide = exponent == 0x1f ? 0xff : exponent - 15 + 127;
    return Float.intBitsToFloat(sign | (wide << 23) | (fraction << 13));
  }

  /** The value of bfloat16, the upper half of a binary32. */
  public static float bf16(short bits) {
    return Float.intBitsToFloat(bits << 16);
  }

  /** The nearest binary16, ties to even; infinity from 65520 on. */
  public static short toF16(float value) {
    int bits = Float.floatToRawIntBits(value);
    int sign = (bits >>> 16) & 0x8000;
    int magnitude = bits & 0x7fff_ffff;
    if (magnitude > 0x7f80_0000) {
      return (short) (sign | 0x7e00); // not a number
    }
    if (magnitude >= 0x477f_f000) {
      return (short) (sign | 0x7c00);
    }
    if (magnitude < 0x3880_0000) {
      // below 2^-14 the steps are 2^-24, those of floats from 0.5 on
      float shifted = Float.intBitsToFloat(magnitude) + 0.5f;
      return (short) (sign | (Float.floatToRawIntBits(shifted) - 0x3f00_0000));
    }
    int odd = (magnitude >>> 13) & 1;
    return (short) (sign | ((magnitude - 0x3800_0000 + 0xfff + odd) >>> 13));
  }

  /** The nearest bfloat16, ties to even. */
  public static short toBf16(float value) {
    int bits = Float.floatToRawIntBits(value);
    if ((bits & 0x7fff_ffff) > 0x7f80_0000) {
      return (short) ((bits >>> 16) | 0x40); // not a number, and stays so
    }
    int odd = (bits >>> 16) & 1;
    return (short) ((bits + 0x7fff + odd) >>> 16);
  }
}
