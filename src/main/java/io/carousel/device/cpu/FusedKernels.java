package io.carousel.device.cpu;

import io.carousel.device.DeviceException;
import java.util.Locale;
import java.util.function.Supplier;
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

  private static final String SWITCHED_OFF = "switched off by -D" + PROPERTY + "=none";

  /**
   * The kernels that the user chooses.
   *
   * @throws DeviceException when they cannot be had in this process, or there is no such choice
   */
  static FusedKernels chosen(Libraries libraries) {
    return of(
        System.getProperty(PROPERTY, "auto").toLowerCase(Locale.ROOT),
        () -> KernelLibrary.state(libraries));
  }

  /** The kernels of that choice; the library is looked at only where there is need of it. */
  static FusedKernels of(String choice, Supplier<KernelLibrary.State> library) {
    if (choice.equals("none")) {
      return new FusedKernels(null, SWITCHED_OFF);
    }
    if (choice.equals("auto")) {
      return best(library.get());
    }
    for (InstructionSet instructions : InstructionSet.values()) {
      if (choice.equals(instructions.option())) {
        return exactly(instructions, library.get());
      }
    }
    throw new DeviceException(
        "-D%s is auto, avx512, avx2 or none, not '%s'".formatted(PROPERTY, choice));
  }

  private static FusedKernels best(KernelLibrary.State library) {
    for (InstructionSet instructions : InstructionSet.values()) {
      if (instructions.vector() <= library.vector()) {
        return new FusedKernels(instructions, null);
      }
    }
    return new FusedKernels(null, library.problem());
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

  /** Whether there are no kernels although the user does not mind them. */
  boolean isMissing() {
    return problem != null && !problem.equals(SWITCHED_OFF);
  }

  /** The best plan there is. */
  String plan() {
    return instructions == null ? "stepwise" : "fused-" + instructions.option();
  }
}
