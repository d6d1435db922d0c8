package io.carousel.rnn;

import io.carousel.device.Activation;
import io.carousel.device.Cell;
import io.carousel.device.RecurrentSpec;
import java.util.ArrayList;
import java.util.List;

/** Stacks of one layer with every option of their cells: each alone, and together. */
public final class CellOptions {
  /** A bound that clips some of the cell states of a {@link StackFixture} and not others. */
  static final double CLIP = 0.25;

  private CellOptions() {}

  /** Whether h may grow from step to step without a bound. */
  public static boolean isUnbounded(RecurrentSpec spec) {
    boolean convex = spec.gateActivation() == Activation.SIGMOID; // (1 - z)∘n + z∘h between n and h
    return isUnbounded(spec.gateActivation())
        || isUnbounded(spec.activation())
        || (spec.cell() == Cell.GRU && !convex);
  }

  private static boolean isUnbounded(Activation f) {
    return f == Activation.RELU || f == Activation.IDENTITY;
  }

  /** All of them, for that many features and units. */
  public static List<RecurrentSpec> all(int inputSize, int hiddenSize) {
    List<RecurrentSpec> specs = new ArrayList<>();
    RecurrentSpec rnn = RecurrentSpec.rnn(inputSize, hiddenSize);
    specs.add(rnn.withActivation(Activation.SIGMOID));
    specs.add(rnn.withActivation(Activation.IDENTITY));
    RecurrentSpec lstm = RecurrentSpec.lstm(inputSize, hiddenSize);
    RecurrentSpec gru = RecurrentSpec.gru(inputSize, hiddenSize);
    for (RecurrentSpec cell : List.of(lstm, gru, gru.withResetAfter(false))) {
      for (Activation f : Activation.values()) {
        if (f != Activation.SIGMOID) {
          specs.add(cell.withGateActivation(f));
        }
        if (f != Activation.TANH) {
          specs.add(cell.withActivation(f));
        }
      }
      specs.add(cell.withGateActivation(Activation.TANH).withActivation(Activation.SIGMOID));
    }
    RecurrentSpec peephole = lstm.withPeephole(true);
    RecurrentSpec coupled = lstm.withCoupledInputForget(true);
    specs.add(peephole);
    specs.add(coupled);
    specs.add(lstm.withCellClip(CLIP));
    specs.add(peephole.withCoupledInputForget(true));
    specs.add(peephole.withCellClip(CLIP));
    specs.add(coupled.withCellClip(CLIP));
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
