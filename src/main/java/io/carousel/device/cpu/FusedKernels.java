package io.carousel.device.cpu;

import io.carousel.device.DeviceException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Which recurrent kernels a device runs, by {@code -Dcarousel.cpu.isa}: {@code auto} takes the best
 * that there are, {@code avx512} and {@code avx2} those or nothing, {@code none} none.
 *
 * @param instructions that the kernels use, null without kernels
 * @param problem why there are no kernels, null when there are
 */
record FusedKernels(@Nullable InstructionSet instructions, @Nullable String problem) {
  /** The property of users. */
  static final String PROPERTY = "carousel.cpu.isa";

  /** What the user says. */
  static String choice() {
    return System.getProperty(PROPERTY, "auto").toLowerCase(Locale.ROOT);
  }

  /**
   * The kernels of that choice.
   *
   * @throws DeviceException when it is no choice, or cannot be had in this process
   */
  static FusedKernels of(String choice) {
    return of(choice, KernelLibrary.state());
  }

  static FusedKernels of(String choice, KernelLibrary.State library) {
    switch (choice) {
      case "none":
        return new FusedKernels(null, "switched off by -D" + PROPERTY + "=none");
      case "auto":
        for (InstructionSet instructions : InstructionSet.values()) {
          if (instructions.vector() <= library.vector()) {
            return new FusedKernels(instructions, null);
          }
        }
        return new FusedKernels(null, library.problem());
      default:
        for (InstructionSet instructions : InstructionSet.values()) {
          if (choice.equals(instructions.option())) {
            return exactly(instructions, library);
          }
        }
        throw new DeviceException(
            "-D%s is auto, avx512, avx2 or none, not '%s'".formatted(PROPERTY, choice));
    }
  }

  private static FusedKernels exactly(InstructionSet instructions, KernelLibrary.State library) {
    if (instructions.vector() > library.vector()) {
      String why = library.problem();
      throw new DeviceException(
          "-D%s=%s cannot be had: %s"
              .formatted(
                  PROPERTY,
                  instructions.option(),
                  why == null ? "this processor has AVX2, but not AVX-512" : why));
    }
    return new FusedKernels(instructions, null);
  }

  /** What plans on these kernels are called. */
  String kernel() {
    return instructions == null ? "stepwise" : "fused-" + instructions.option();
  }
}
