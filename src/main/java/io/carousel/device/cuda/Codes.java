package io.carousel.device.cuda;

import io.carousel.device.Activation;
import io.carousel.device.ElementType;
import io.carousel.device.Precision;

/** The numbers that {@code native/include/carousel/status.h} gives to types and functions. */
final class Codes {
  static final int F32 = 0;
  static final int BF16 = 1;
  static final int F16 = 2;
  static final int I32 = 3;

  /** {@code CAROUSEL_TF32} of persistent.h: floats that are rounded to TF32 in products. */
  private static final int TF32 = 4;

  private Codes() {}

  static int of(ElementType type) {
    return switch (type) {
      case F32 -> F32;
      case BF16 -> BF16;
      case F16 -> F16;
      case I32 -> I32;
      case F64 -> throw new IllegalArgumentException("CUDA devices do not hold F64");
    };
  }

  /** The operand of persistent kernels in that precision, whose factors are of that type. */
  static int operand(Precision precision, ElementType factors) {
    return precision == Precision.TF32 ? TF32 : of(factors);
  }

  /** The first eight bytes of a {@code carousel_activation}: kind and alpha. */
  static long first(Activation f) {
    return words(f.kind().ordinal(), bits(f.alpha()));
  }

  /** The other eight bytes: beta and clip. */
  static long second(Activation f) {
    return words(bits(f.beta()), bits(f.clip()));
  }

  private static int bits(double number) {
    return Float.floatToRawIntBits((float) number);
  }

  /** Two words as they follow each other in memory. */
  private static long words(int low, int high) {
    return Integer.toUnsignedLong(low) | (long) high << 32;
  }
}
