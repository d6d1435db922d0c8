package io.carousel.device.cpu;

import io.carousel.device.Activation;
import io.carousel.device.Cell;
import io.carousel.device.Precision;
import io.carousel.device.RecurrentSpec;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Which stacks the recurrent kernels run: the cells of PyTorch, in FP32. */
final class FusedSupport {
  private static final Set<Activation> RNN_FUNCTIONS =
      Set.of(Activation.IDENTITY, Activation.SIGMOID, Activation.TANH, Activation.RELU);

  private FusedSupport() {}

  /** Why they do not run a stack, or null when they do. */
  static @Nullable String whyNot(RecurrentSpec spec) {
    String lacks = lacks(spec);
    return lacks == null ? null : "the fused plan " + lacks;
  }

  private static @Nullable String lacks(RecurrentSpec spec) {
    if (spec.precision() != Precision.FP32) {
      return "computes in FP32 only, not in " + spec.precision();
    }
    if (spec.projSize() > 0) {
      return "has no projection";
    }
    if (spec.peephole()) {
      return "has no peepholes";
    }
    if (spec.coupledInputForget()) {
      return "has no coupled input and forget gates";
    }
    if (spec.cellClip() > 0) {
      return "does not clip the cell state";
    }
    if (spec.cell() == Cell.GRU && !spec.resetAfter()) {
      return "has no GRU that resets before the recurrent product";
    }
    if (!spec.gateActivation().equals(Activation.SIGMOID)) {
      return "has sigmoid gates only, not " + spec.gateActivation();
    }
    if (spec.cell() == Cell.RNN && !RNN_FUNCTIONS.contains(spec.activation())) {
      return "has no RNN cells of " + spec.activation();
    }
    if (spec.cell() != Cell.RNN && !spec.activation().equals(Activation.TANH)) {
      return "has %s cells of tanh only, not %s".formatted(spec.cell(), spec.activation());
    }
    if (spec.cell() == Cell.LSTM && !spec.cellOutputActivation().equals(Activation.TANH)) {
      return "has tanh on the cell's way out only, not " + spec.cellOutputActivation();
    }
    return null;
  }
}
