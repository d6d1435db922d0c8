package io.carousel.device.cuda;

import io.carousel.device.Activation;
import io.carousel.device.ElementType;

/** The numbers that {@code native/include/carousel/status.h} gives to types and functions. */
final class Codes {
  static final int F32 = 0;
  static final int BF16 = 1;
  static final int F16 = 2;
  static final int I32 = 3;

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

  static int of(Activation f) {
    return switch (f) {
      case IDENTITY -> 0;
      case SIGMOID -> 1;
      case TANH -> 2;
      case RELU -> 3;
    };
  }
}
