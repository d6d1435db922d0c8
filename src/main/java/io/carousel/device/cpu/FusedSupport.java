package io.carousel.device.cpu;

import io.carousel.device.Activation;
import io.carousel.device.Precision;
import io.carousel.device.RecurrentSpec;
import io.carousel.device.StandardCells;
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
    return StandardCells.lacks(spec, RNN_FUNCTIONS);
  }
}
