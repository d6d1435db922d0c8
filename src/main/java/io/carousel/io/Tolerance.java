package io.carousel.io;

import io.carousel.device.Device;
import io.carousel.device.ElementType;
import io.carousel.device.Precision;

/** How far correct code may lie from numbers that others computed. */
public final class Tolerance {
  private static final double FLOAT64 = 1e-11;
  private static final double FLOAT32 = 2e-5;

  private Tolerance() {}

  /**
   * The relative difference to be expected of correct code: that of the coarsest among the type of
   * the given numbers, the device's and the precision of the products.
   *
   * @param float64 whether the given numbers are in double precision
   */
  public static double of(boolean float64, Device device, Precision precision) {
    double real = device.realType() == ElementType.F64 ? FLOAT64 : FLOAT32;
    double products =
        switch (precision) {
          case FP64 -> FLOAT64;
          case FP32 -> real;
          case TF32 -> 5e-3;
          case BF16, FP16 -> 5e-2;
        };
    return Math.max(float64 ? FLOAT64 : FLOAT32, Math.max(real, products));
  }
}
