package io.carousel.io.onnx;

import io.carousel.device.Device;
import io.carousel.device.ElementType;
import io.carousel.device.PlanChoice;
import io.carousel.device.Precision;

/**
 * How the recurrent operators of a graph are computed.
 *
 * @param device where
 * @param plan which plan runs
 * @param precision of the products
 */
public record Computing(Device device, PlanChoice plan, Precision precision) {
  /**
   * Checks that the device has the precision.
   *
   * @throws IllegalArgumentException when it has not
   */
  public Computing {
    if (!device.supports(precision)) {
      throw new IllegalArgumentException(
          "device %s does not compute in %s".formatted(device.name(), precision));
    }
  }

  /** The best plan of a device, in its own precision. */
  public static Computing on(Device device) {
    Precision own = device.realType() == ElementType.F64 ? Precision.FP64 : Precision.FP32;
    return new Computing(device, PlanChoice.AUTO, own);
  }
}
