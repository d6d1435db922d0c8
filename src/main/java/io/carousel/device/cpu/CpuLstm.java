package io.carousel.device.cpu;

import io.carousel.device.CellOperations;
import io.carousel.device.LstmVariant;
import io.carousel.device.Matrix;
import io.carousel.device.OperandChecks;
import org.jspecify.annotations.Nullable;

/**
 * One step of an LSTM, tile by tile, one loop for each function: the standard cell here, others in
 * {@link LstmVariantStep}.
 */
interface CpuLstm extends CellOperations, CpuOperations {
  @Override
  default void lstmForward(
      LstmVariant variant,
      Matrix gates,
      @Nullable Matrix bias,
      Matrix c,
      @Nullable Matrix cPrev,
      @Nullable Matrix h,
      @Nullable Matrix hPrev,
      Matrix output) {
    begin(gates, bias, c, cPrev, h, hPrev, output, variant.peephole());
    OperandChecks.cell(gates, 4, bias, 4, c, cPrev, h, hPrev, output);
    int units = output.columns();
    OperandChecks.peephole(variant, units);
    if (!variant.isStandard()) {
      LstmVariantStep step = new LstmVariantStep(variant, units);
      workers()
          .tiles(
              output.rows(),
              units,
              8,
              t -> step.forward(t, gates, bias, c, cPrev, h, hPrev, output));
      return;
    }
    workers()
        .tiles(
            output.rows(),
            units,
            5,
            t -> {
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
              VectorMath.sigmoid(i, 0, n);
              VectorMath.sigmoid(f, 0, n);
              VectorMath.tanh(g, 0, n);
              VectorMath.sigmoid(o, 0, n);
              float[] cell = t.load(4, c);
              if (cPrev != null) {
                t.store(cell, cPrev);
              }
              nextCell(cell, i, f, g, n);
              t.store(cell, c);
              VectorMath.tanh(cell, 0, n);
              Loops.multiply(cell, o, n);
              if (h != null) {
                if (hPrev != null) {
                  t.store(t.load(5, h), hPrev);
                }
                t.store(cell, h);
              }
              t.store(cell, output);
              t.store(i, gates);
              t.store(f, gates, units);
              t.store(g, gates, 2 * units);
              t.store(o, gates, 3 * units);
            });
  }

  /** c ← f∘c + i∘g. */
  static void nextCell(float[] c, float[] i, float[] f, float[] g, int n) {
    for (int k = 0; k < n; k++) {
      c[k] = Math.fma(f[k], c[k], i[k] * g[k]);
    }
  }

  @Override
  default void lstmBackward(
      LstmVariant variant,
      Matrix gates,
      Matrix cPrev,
      @Nullable Matrix dOutput,
      @Nullable Matrix dh,
      Matrix dc,
      @Nullable Matrix cell) {
    begin(gates, cPrev, dOutput, dh, dc, cell, variant.peephole());
    OperandChecks.cell(gates, 4, null, 4, cPrev, dOutput, dh, dc, cell);
    int units = dc.columns();
    OperandChecks.peephole(variant, units);
    if (!variant.isStandard()) {
      LstmVariantStep step = new LstmVariantStep(variant, units);
      workers()
          .tiles(dc.rows(), units, 8, t -> step.backward(t, gates, cPrev, dOutput, dh, dc, cell));
      return;
    }
    workers()
        .tiles(
            dc.rows(),
            units,
            4,
            t -> {
              int n = t.count();
              float[] i = t.load(0, gates);
              float[] f = t.load(1, gates, units);
              float[] g = t.load(2, gates, 2 * units);
              float[] o = t.load(3, gates, 3 * units);
              float[] old = t.load(4, cPrev);
              float[] tanhCell = t.copy(old, 5);
              nextCell(tanhCell, i, f, g, n);
              if (cell != null) {
                t.store(tanhCell, cell);
              }
              VectorMath.tanh(tanhCell, 0, n);
              float[] dH = t.loadSum(6, 7, dh, dOutput);
              float[] dCell = t.load(7, dc);
              cellGradient(dCell, dH, o, tanhCell, n);
              outputGate(o, dH, tanhCell, n);
              t.store(o, gates, 3 * units);
              float[] passed = t.copy(dCell, 3);
              Loops.multiply(passed, f, n);
              t.store(passed, dc);
              gate(f, old, dCell, n);
              t.store(f, gates, units);
              float[] input = t.copy(i, 4);
              gate(i, g, dCell, n);
              t.store(i, gates);
              candidate(g, input, dCell, n);
              t.store(g, gates, 2 * units);
            });
  }

  /** dc ← dc + dh∘o∘(1 - tanh²c). */
  private static void cellGradient(float[] dc, float[] dh, float[] o, float[] tanhCell, int n) {
    for (int k = 0; k < n; k++) {
      dc[k] = Math.fma(dh[k] * o[k], Math.fma(-tanhCell[k], tanhCell[k], 1f), dc[k]);
    }
  }

  /** o ← dh∘tanh(c)∘o∘(1 - o). */
  private static void outputGate(float[] o, float[] dh, float[] tanhCell, int n) {
    for (int k = 0; k < n; k++) {
      o[k] = dh[k] * tanhCell[k] * Math.fma(-o[k], o[k], o[k]);
    }
  }

  /** gate ← dc∘factor∘gate∘(1 - gate). */
  private static void gate(float[] gate, float[] factor, float[] dc, int n) {
    for (int k = 0; k < n; k++) {
      gate[k] = dc[k] * factor[k] * Math.fma(-gate[k], gate[k], gate[k]);
    }
  }

  /** g ← dc∘i∘(1 - g²). */
  private static void candidate(float[] g, float[] i, float[] dc, int n) {
    for (int k = 0; k < n; k++) {
      g[k] = dc[k] * i[k] * Math.fma(-g[k], g[k], 1f);
    }
  }
}
