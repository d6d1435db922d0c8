package io.carousel.device.cpu;

import io.carousel.device.Activation;
import io.carousel.device.LstmVariant;
import io.carousel.device.Matrix;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** One step of any LSTM on one tile: simpler and slower than that of the standard cell. */
final class LstmVariantStep {
  /** A lane that is free wherever peephole weights are looked up. */
  private static final int SPARE = 7;

  private final int units;
  private final Activation gate;
  private final Activation activation;
  private final Activation cellOutput;
  private final boolean coupled;
  private final float clip;
  private final @Nullable Matrix peephole;

  LstmVariantStep(LstmVariant variant, int units) {
    this.units = units;
    gate = variant.gateActivation();
    activation = variant.activation();
    cellOutput = variant.cellOutputActivation();
    coupled = variant.coupledInputForget();
    clip = (float) variant.cellClip();
    peephole = variant.peephole();
  }

  void forward(
      Tile t,
      Matrix gates,
      @Nullable Matrix bias,
      Matrix c,
      @Nullable Matrix cPrev,
      @Nullable Matrix h,
      @Nullable Matrix hPrev,
      Matrix output) {
    int n = t.count();
    float[] i = t.load(0, gates);
    float[] f = t.load(1, gates, units);
    float[] g = t.load(2, gates, 2 * units);
    float[] o = t.load(3, gates, 3 * units);
    if (bias != null) {
      Loops.add(i, t.loadRow(4, bias, 0), n);
      Loops.add(f, t.loadRow(4, bias, units), n);
      Loops.add(g, t.loadRow(4, bias, 2 * units), n);
      Loops.add(o, t.loadRow(4, bias, 3 * units), n);
    }
    float[] cell = t.load(5, c);
    if (cPrev != null) {
      t.store(cell, cPrev);
    }
    look(t, i, 0, cell);
    look(t, f, 1, cell);
    Activations.apply(gate, f, n);
    if (coupled) {
      complement(i, f, n);
    } else {
      Activations.apply(gate, i, n);
    }
    Activations.apply(activation, g, n);
    CpuLstm.nextCell(cell, i, f, g, n);
    bound(cell, n);
    t.store(cell, c);
    look(t, o, 2, cell);
    Activations.apply(gate, o, n);
    Activations.apply(cellOutput, cell, n);
    Loops.multiply(cell, o, n);
    if (h != null) {
      if (hPrev != null) {
        t.store(t.load(6, h), hPrev);
      }
      t.store(cell, h);
    }
    t.store(cell, output);
    t.store(i, gates);
    t.store(f, gates, units);
    t.store(g, gates, 2 * units);
    t.store(o, gates, 3 * units);
  }

  void backward(
      Tile t,
      Matrix gates,
      Matrix cPrev,
      @Nullable Matrix dOutput,
      @Nullable Matrix dh,
      Matrix dc,
      @Nullable Matrix cell) {
    int n = t.count();
    float[] i = t.load(0, gates);
    float[] f = t.load(1, gates, units);
    float[] g = t.load(2, gates, 2 * units);
    float[] o = t.load(3, gates, 3 * units);
    float[] old = t.load(4, cPrev);
    float[] unbounded = t.copy(old, 5);
    CpuLstm.nextCell(unbounded, i, f, g, n);
    float[] squashed = t.copy(unbounded, 6);
    bound(squashed, n);
    if (cell != null) {
      t.store(squashed, cell);
    }
    Activations.apply(cellOutput, squashed, n);

    float[] dH = t.loadSum(7, 8, dh, dOutput);
    float[] dO = t.copy(dH, 8);
    Loops.multiply(dO, squashed, n);
    Activations.multiplyBySlope(gate, dO, o, n);
    t.store(dO, gates, 3 * units);
    Loops.multiply(dH, o, n);
    Activations.multiplyBySlope(cellOutput, dH, squashed, n);
    float[] dCell = t.load(9, dc);
    Loops.add(dCell, dH, n);
    look(t, dCell, 2, dO);
    if (clip > 0) {
      stopAtBound(dCell, unbounded, n);
    }

    float[] dG = t.copy(dCell, 3);
    Loops.multiply(dG, i, n);
    Activations.multiplyBySlope(activation, dG, g, n);
    float[] dI = t.copy(dCell, 5);
    Loops.multiply(dI, g, n);
    float[] dF = t.copy(dCell, 6);
    Loops.multiply(dF, old, n);
    if (coupled) {
      Loops.axpy(-1f, dI, dF, n);
      Arrays.fill(dI, 0, n, 0f);
    } else {
      Activations.multiplyBySlope(gate, dI, i, n);
    }
    Activations.multiplyBySlope(gate, dF, f, n);
    t.store(dI, gates);
    t.store(dF, gates, units);
    t.store(dG, gates, 2 * units);
    Loops.multiply(dCell, f, n);
    look(t, dCell, 0, dI);
    look(t, dCell, 1, dF);
    t.store(dCell, dc);
  }

  /** x ← x + p∘y, where p is the given row of the peephole weights; nothing without them. */
  private void look(Tile t, float[] x, int row, float[] y) {
    if (peephole != null) {
      Loops.addProduct(x, t.loadRow(SPARE, peephole, row * units), y, t.count());
    }
  }

  private void bound(float[] cell, int n) {
    if (clip > 0) {
      Loops.clamp(cell, clip, n);
    }
  }

  /** x ← 1 - y. */
  private static void complement(float[] x, float[] y, int n) {
    for (int k = 0; k < n; k++) {
      x[k] = 1f - y[k];
    }
  }

  /** dCell ← 0 where the cell was clipped. */
  private void stopAtBound(float[] dCell, float[] unbounded, int n) {
    for (int k = 0; k < n; k++) {
      dCell[k] = Math.abs(unbounded[k]) > clip ? 0f : dCell[k];
    }
  }
}
