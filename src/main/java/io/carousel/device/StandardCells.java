package io.carousel.device;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Whether a stack consists of PyTorch's own cells, which is what fast plans run. */
public final class StandardCells {
  private StandardCells() {}

  /**
   * What a plan of standard cells lacks for a stack, as in "has no projection", or null for
   * nothing.
   *
   * @param ofRnn functions that the plan has for RNN cells
   */
  public static @Nullable String lacks(RecurrentSpec spec, Set<Activation> ofRnn) {
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
    if (spec.cell() == Cell.RNN && !ofRnn.contains(spec.activation())) {
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
