package io.carousel.conformance;

import io.carousel.device.Activation;
import io.carousel.device.GruVariant;
import io.carousel.device.LstmVariant;
import io.carousel.device.Matrix;
import io.carousel.device.SomeActivations;
import java.util.ArrayList;
import java.util.List;

/**
 * Cells with other functions, peepholes, coupled gates and bounded cell states: each option alone,
 * all together, and with everything absent that may be.
 */
final class CellVariantCases {
  /** Operands before activation are drawn from [-3, 3] and wider. */
  private static final double CLIP = 1.5;

  private CellVariantCases() {}

  /** An LSTM variant whose peephole weights, if any, come with the operands. */
  private record Lstm(
      Activation gate,
      Activation activation,
      Activation cellOutput,
      boolean coupled,
      double clip,
      boolean peephole) {
    Lstm(Activation gate, Activation f, boolean coupled, double clip, boolean peephole) {
      this(gate, f, f, coupled, clip, peephole);
    }

    LstmVariant of(Matrix weights) {
      Matrix given = peephole ? weights : null;
      return new LstmVariant(gate, activation, cellOutput, coupled, clip, given);
    }
  }

  private static List<Lstm> lstms() {
    Activation sigmoid = Activation.SIGMOID;
    Activation tanh = Activation.TANH;
    List<Lstm> all = new ArrayList<>();
    for (Activation f : SomeActivations.clippedToo(CLIP)) {
      all.add(new Lstm(f, tanh, false, 0, false)); // sigmoid: the standard cell
      if (!f.equals(tanh)) {
        all.add(new Lstm(sigmoid, f, f.withClip(0), false, 0, false));
        all.add(new Lstm(sigmoid, tanh, f, false, 0, false));
      }
    }
    all.add(new Lstm(sigmoid, tanh, false, 0, true));
    all.add(new Lstm(sigmoid, tanh, true, 0, false));
    all.add(new Lstm(sigmoid, tanh, false, 0.5, false));
    all.add(new Lstm(sigmoid, tanh, true, 0, true));
    all.add(new Lstm(sigmoid, tanh, true, 0.4, true));
    all.add(new Lstm(tanh, sigmoid, true, 0.3, true));
    all.add(new Lstm(Activation.RELU, Activation.RELU, false, 1.5, true));
    all.add(new Lstm(Activation.IDENTITY, Activation.IDENTITY, true, 2, true));
    Activation hard = Activation.HARD_SIGMOID.withClip(CLIP);
    all.add(new Lstm(hard, tanh.withClip(CLIP), Activation.SOFTSIGN, true, 0.4, true));
    return all;
  }

  private static List<GruVariant> grus() {
    List<GruVariant> all = new ArrayList<>();
    for (Activation f : SomeActivations.clippedToo(CLIP)) {
      all.add(new GruVariant(f, Activation.TANH)); // sigmoid: the standard cell
      if (!f.equals(Activation.TANH)) {
        all.add(new GruVariant(Activation.SIGMOID, f));
      }
    }
    all.add(new GruVariant(Activation.IDENTITY, Activation.RELU));
    return all;
  }

  static List<OperationCase> of(int n, int h) {
    String size = " [" + n + ", " + h + "]";
    List<OperationCase> cases = new ArrayList<>();
    for (Lstm lstm : lstms()) {
      cases.add(lstm(lstm, n, h, lstm + size));
      cases.add(lstmWithLittle(lstm, n, h, lstm + ", little given" + size));
    }
    for (GruVariant gru : grus()) {
      cases.add(gru(gru, n, h, gru + size));
      cases.add(gruWithLittle(gru, n, h, gru + ", little given" + size));
      cases.add(gruResetBefore(gru, n, h, true, gru + ", reset before" + size));
      cases.add(gruResetBefore(gru, n, h, false, gru + ", reset before, little given" + size));
    }
    return cases;
  }

  private static OperationCase lstm(Lstm lstm, int n, int h, String name) {
    OperationCase c =
        new OperationCase(
            name,
            (q, m) -> {
              LstmVariant v = lstm.of(m.get(0));
              Matrix cPrev = m.get(4);
              q.lstmForward(v, m.get(1), m.get(2), m.get(3), cPrev, m.get(5), m.get(6), m.get(7));
              q.lstmBackward(v, m.get(1), cPrev, m.get(8), m.get(9), m.get(10), m.get(11));
            });
    c.contiguous(3, h, 1).reals(n, 4 * h, 3).reals(1, 4 * h, 1);
    return states(c, 9, n, h);
  }

  private static OperationCase lstmWithLittle(Lstm lstm, int n, int h, String name) {
    OperationCase c =
        new OperationCase(
            name,
            (q, m) -> {
              LstmVariant v = lstm.of(m.get(0));
              q.lstmForward(v, m.get(1), null, m.get(2), null, null, null, m.get(3));
              q.lstmBackward(v, m.get(1), m.get(2), null, null, m.get(4), null);
            });
    c.contiguous(3, h, 1).reals(n, 4 * h, 3);
    return states(c, 3, n, h);
  }

  private static OperationCase gru(GruVariant v, int n, int h, String name) {
    OperationCase c =
        new OperationCase(
            name,
            (q, m) -> {
              q.gruForward(v, m.get(0), m.get(1), m.get(2), m.get(3), m.get(4), m.get(5));
              q.gruBackward(v, m.get(0), m.get(1), m.get(4), m.get(6), m.get(7));
            });
    c.reals(n, 3 * h, 3).reals(n, 3 * h, 3).reals(1, 4 * h, 1);
    return states(c, 5, n, h);
  }

  private static OperationCase gruWithLittle(GruVariant v, int n, int h, String name) {
    OperationCase c =
        new OperationCase(
            name,
            (q, m) -> {
              q.gruForward(v, m.get(0), m.get(1), null, m.get(2), null, m.get(3));
              q.gruBackward(v, m.get(0), m.get(1), m.get(2), null, m.get(4));
            });
    c.reals(n, 3 * h, 3).reals(n, 3 * h, 3);
    return states(c, 3, n, h);
  }

  private static OperationCase gruResetBefore(
      GruVariant v, int n, int h, boolean everything, String name) {
    OperationCase c =
        new OperationCase(
            name,
            (q, m) -> {
              Matrix gates = m.get(0);
              Matrix resetH = m.get(3);
              Matrix bias = everything ? m.get(1) : null;
              Matrix dOutput = everything ? m.get(6) : null;
              q.gruResetForward(v, gates, bias, m.get(2), resetH);
              q.gruCandidateForward(
                  v, gates, bias, m.get(2), everything ? m.get(4) : null, m.get(5));
              q.gruCandidateBackward(v, gates, m.get(4), dOutput, m.get(7));
              q.gruResetBackward(v, gates, resetH, m.get(4), m.get(7));
            });
    c.reals(n, 3 * h, 3).reals(1, 4 * h, 1);
    return states(c, 6, n, h);
  }

  private static OperationCase states(OperationCase c, int count, int n, int h) {
    for (int i = 0; i < count; i++) {
      c.reals(n, h, 1);
    }
    return c;
  }
}
