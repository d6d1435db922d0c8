package io.carousel.device.cpu;

import io.carousel.device.Activation;
import io.carousel.device.Cell;
import io.carousel.device.Precision;
import io.carousel.device.RecurrentSpec;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Which stacks the recurrent kernels run: the cells of PyTorch, in FP32. */
final class FusedSupport {
  private FusedSupport() {}

  /** Why they do not run a stack, or null when they do. */
  static @Nullable String whyNot(RecurrentSpec spec) {
    if (spec.precision() != Precision.FP32) {
      return "the fused plan computes in FP32 only, not in " + spec.precision();
    }
    if (spec.projSize() > 0) {
      return "the fused plan has no projection";
    }
    if (spec.peephole()) {
      return "the fused plan has no peepholes";
    }
    if (spec.coupledInputForget()) {
      return "the fused plan has no coupled input and forget gates";
    }
    if (spec.cellClip() > 0) {
      return "the fused plan does not clip the cell state";
    }
    if (spec.cell() == Cell.GRU && !spec.resetAfter()) {
      return "the fused plan's GRU resets after the recurrent product, not before";
    }
    if (spec.cell() != Cell.RNN && spec.gateActivation() != Activation.SIGMOID) {
      return "the fused plan's gates are sigmoid, not " + name(spec.gateActivation());
    }
    if (spec.cell() != Cell.RNN && spec.activation() != Activation.TANH) {
      return "the fused plan's %s is of tanh, not of %s"
          .formatted(spec.cell(), name(spec.activation()));
    }
    return null;
  }

  private static String name(Activation f) {
    return f.name().toLowerCase(Locale.ROOT);
  }
}
