package io.carousel.cli;

import io.carousel.device.Device;
import io.carousel.device.ElementType;
import io.carousel.device.PlanChoice;
import io.carousel.device.Precision;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Options that say how a recurrent stack computes. */
final class PlanArguments {
  @Option(
      names = "--plan",
      paramLabel = "PLAN",
      description =
          "auto, stepwise or fused; fused is refused where there is none (default: auto).")
  private @Nullable PlanChoice plan;

  @Option(
      names = "--precision",
      paramLabel = "P",
      description = "fp64, fp32, tf32, bf16 or fp16 (default: the device's own).")
  private @Nullable Precision precision;

  PlanChoice plan() {
    return plan == null ? PlanChoice.AUTO : plan;
  }

  /** The plan, null where none was named. */
  @Nullable PlanChoice given() {
    return plan;
  }

  /**
   * The precision of the products on a device.
   *
   * @throws IllegalArgumentException when the device does not have it
   */
  Precision precisionOn(Device device) {
    if (precision == null) {
      return device.realType() == ElementType.F64 ? Precision.FP64 : Precision.FP32;
    }
    return supported(device, precision);
  }

  /** The precision that was named, or else all that the device has. */
  List<Precision> precisionsOn(Device device) {
    return precision == null
        ? Arrays.stream(Precision.values()).filter(device::supports).toList()
        : List.of(supported(device, precision));
  }

  private static Precision supported(Device device, Precision precision) {
    if (!device.supports(precision)) {
      throw new IllegalArgumentException(
          "device %s does not compute in %s".formatted(device.name(), precision));
    }
    return precision;
  }
}
