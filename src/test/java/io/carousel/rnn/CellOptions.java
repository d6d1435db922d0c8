package io.carousel.rnn;

import static io.carousel.device.Activation.Kind.HARD_SIGMOID;
import static io.carousel.device.Activation.Kind.SCALED_TANH;
import static io.carousel.device.Activation.Kind.SIGMOID;
import static io.carousel.device.Activation.Kind.SOFTSIGN;
import static io.carousel.device.Activation.Kind.TANH;

import io.carousel.device.Activation;
import io.carousel.device.Cell;
import io.carousel.device.RecurrentSpec;
import io.carousel.device.SomeActivations;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Stacks of one layer with every option of their cells: each alone, and together. */
public final class CellOptions {
  /** A bound that clips some of the cell states of a {@link StackFixture} and not others. */
  static final double CLIP = 0.25;

  private CellOptions() {}

  /** Whether h may grow from step to step without a bound. */
  public static boolean isUnbounded(RecurrentSpec spec) {
    Activation.Kind gate = spec.gateActivation().kind();
    boolean convex = gate == SIGMOID || gate == HARD_SIGMOID; // (1 - z)∘n + z∘h between n and h
    return isUnbounded(spec.gateActivation())
        || isUnbounded(spec.activation())
        || isUnbounded(spec.cellOutputActivation())
        || (spec.cell() == Cell.GRU && !convex);
  }

  private static boolean isUnbounded(Activation f) {
    return f.clip() == 0
        && !Set.of(SIGMOID, TANH, SCALED_TANH, HARD_SIGMOID, SOFTSIGN).contains(f.kind());
  }

  /** The functions of a cell with ONNX's attribute {@code clip}. */
  static RecurrentSpec clipped(RecurrentSpec cell) {
    return cell.withGateActivation(cell.gateActivation().withClip(CLIP))
        .withActivation(cell.activation().withClip(CLIP));
  }

  /** All of them, for that many features and units. */
  public static List<RecurrentSpec> all(int inputSize, int hiddenSize) {
    List<RecurrentSpec> specs = new ArrayList<>();
    RecurrentSpec rnn = RecurrentSpec.rnn(inputSize, hiddenSize);
    for (Activation f : SomeActivations.clippedToo(CLIP)) {
      specs.add(rnn.withActivation(f));
    }
    RecurrentSpec lstm = RecurrentSpec.lstm(inputSize, hiddenSize);
    RecurrentSpec gru = RecurrentSpec.gru(inputSize, hiddenSize);
    for (RecurrentSpec cell : List.of(lstm, gru, gru.withResetAfter(false))) {
      for (Activation f : SomeActivations.ofEveryKind()) {
        if (f.kind() != SIGMOID) {
          specs.add(cell.withGateActivation(f));
        }
        if (f.kind() != TANH) {
          specs.add(cell.withActivation(f));
        }
      }
      specs.add(clipped(cell));
      specs.add(cell.withGateActivation(Activation.hardSigmoid(2, 0.5))); // flat for some sums
      specs.add(cell.withGateActivation(Activation.TANH).withActivation(Activation.SIGMOID));
    }
    for (Activation f : SomeActivations.ofEveryKind()) {
      specs.add(lstm.withCellOutputActivation(f));
    }
    RecurrentSpec peephole = lstm.withPeephole(true);
    RecurrentSpec coupled = lstm.withCoupledInputForget(true);
    specs.add(peephole);
    specs.add(coupled);
    specs.add(lstm.withCellClip(CLIP));
    specs.add(peephole.withCoupledInputForget(true));
    specs.add(peephole.withCellClip(CLIP));
    specs.add(coupled.withCellClip(CLIP));
    specs.add(clipped(peephole.withCellClip(CLIP / 4)));
    specs.add(clipped(peephole.withCoupledInputForget(true)));
    RecurrentSpec together = peephole.withCoupledInputForget(true).withCellClip(CLIP);
    specs.add(together);
    specs.add(
        together
            .withGateActivation(Activation.TANH)
            .withActivation(Activation.SIGMOID)
            .withCellClip(2 * CLIP));
    if (hiddenSize > 1) {
      specs.add(peephole.withCellClip(CLIP).withProjSize(hiddenSize - 1));
    }
    return specs;
  }
}
