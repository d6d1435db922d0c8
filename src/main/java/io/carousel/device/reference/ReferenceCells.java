package io.carousel.device.reference;

import static io.carousel.device.reference.ReferenceBuffer.at;
import static io.carousel.device.reference.ReferenceBuffer.reals;
import static io.carousel.device.reference.ReferenceFunctions.sigmoid;

import io.carousel.device.Activation;
import io.carousel.device.CellOperations;
import io.carousel.device.GruVariant;
import io.carousel.device.LstmVariant;
import io.carousel.device.Matrix;
import io.carousel.device.OperandChecks;
import org.jspecify.annotations.Nullable;

/** One step of RNN, LSTM and GRU (reset after), unit by unit. */
interface ReferenceCells extends CellOperations, ReferenceStart {
  /** Element (row, column), 0 where there is no matrix. */
  static double get(@Nullable Matrix matrix, int row, int column) {
    return matrix == null ? 0 : reals(matrix)[at(matrix, row) + column];
  }

  /** Writes element (row, column) where there is a matrix. */
  static void set(@Nullable Matrix matrix, int row, int column, double value) {
    if (matrix != null) {
      reals(matrix)[at(matrix, row) + column] = value;
    }
  }

  @Override
  default void rnnForward(
      Activation f,
      Matrix gates,
      @Nullable Matrix bias,
      Matrix h,
      @Nullable Matrix hPrev,
      Matrix output) {
    begin(gates, bias, h, hPrev, output);
    OperandChecks.cell(gates, 1, bias, 1, h, hPrev, output);
    for (int r = 0; r < gates.rows(); r++) {
      for (int j = 0; j < gates.columns(); j++) {
        double a = ReferenceFunctions.value(f, get(gates, r, j) + get(bias, 0, j));
        set(gates, r, j, a);
        set(hPrev, r, j, get(h, r, j));
        set(h, r, j, a);
        set(output, r, j, a);
      }
    }
  }

  @Override
  default void rnnBackward(Activation f, Matrix gates, @Nullable Matrix dOutput, Matrix dh) {
    begin(gates, dOutput, dh);
    OperandChecks.cell(gates, 1, null, 1, dOutput, dh);
    for (int r = 0; r < gates.rows(); r++) {
      for (int j = 0; j < gates.columns(); j++) {
        double slope = ReferenceFunctions.slope(f, get(gates, r, j));
        set(gates, r, j, slope * (get(dh, r, j) + get(dOutput, r, j)));
      }
    }
  }

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
    begin(gates, bias, c, cPrev, h, hPrev, output);
    OperandChecks.cell(gates, 4, bias, 4, c, cPrev, h, hPrev, output);
    int units = output.columns();
    for (int r = 0; r < gates.rows(); r++) {
      for (int j = 0; j < units; j++) {
        int jf = units + j;
        int jg = 2 * units + j;
        int jo = 3 * units + j;
        double i = sigmoid(get(gates, r, j) + get(bias, 0, j));
        double f = sigmoid(get(gates, r, jf) + get(bias, 0, jf));
        double g = Math.tanh(get(gates, r, jg) + get(bias, 0, jg));
        double o = sigmoid(get(gates, r, jo) + get(bias, 0, jo));
        double old = get(c, r, j);
        double cell = f * old + i * g;
        double out = o * Math.tanh(cell);
        set(gates, r, j, i);
        set(gates, r, jf, f);
        set(gates, r, jg, g);
        set(gates, r, jo, o);
        set(cPrev, r, j, old);
        set(c, r, j, cell);
        set(hPrev, r, j, get(h, r, j));
        set(h, r, j, out);
        set(output, r, j, out);
      }
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
    begin(gates, cPrev, dOutput, dh, dc);
    OperandChecks.cell(gates, 4, null, 4, cPrev, dOutput, dh, dc);
    int units = dc.columns();
    for (int r = 0; r < gates.rows(); r++) {
      for (int j = 0; j < units; j++) {
        double i = get(gates, r, j);
        double f = get(gates, r, units + j);
        double g = get(gates, r, 2 * units + j);
        double o = get(gates, r, 3 * units + j);
        double old = get(cPrev, r, j);
        double tanhCell = Math.tanh(f * old + i * g);
        double dH = get(dh, r, j) + get(dOutput, r, j);
        double dCell = get(dc, r, j) + dH * o * (1 - tanhCell * tanhCell);
        set(gates, r, j, dCell * g * i * (1 - i));
        set(gates, r, units + j, dCell * old * f * (1 - f));
        set(gates, r, 2 * units + j, dCell * i * (1 - g * g));
        set(gates, r, 3 * units + j, dH * tanhCell * o * (1 - o));
        set(dc, r, j, dCell * f);
      }
    }
  }

  @Override
  default void gruForward(
      GruVariant variant,
      Matrix xGates,
      Matrix hGates,
      @Nullable Matrix bias,
      Matrix h,
      @Nullable Matrix hPrev,
      Matrix output) {
    begin(xGates, hGates, bias, h, hPrev, output);
    OperandChecks.cell(xGates, 3, bias, 4, h, hPrev, output);
    OperandChecks.sameShape("xGates", xGates, "hGates", hGates);
    int units = output.columns();
    for (int row = 0; row < xGates.rows(); row++) {
      for (int j = 0; j < units; j++) {
        int jz = units + j;
        int jn = 2 * units + j;
        double r = sigmoid(get(xGates, row, j) + get(hGates, row, j) + get(bias, 0, j));
        double z = sigmoid(get(xGates, row, jz) + get(hGates, row, jz) + get(bias, 0, jz));
        double un = get(hGates, row, jn) + get(bias, 0, 3 * units + j);
        double n = Math.tanh(get(xGates, row, jn) + get(bias, 0, jn) + r * un);
        double old = get(h, row, j);
        double out = (1 - z) * n + z * old;
        set(xGates, row, j, r);
        set(xGates, row, jz, z);
        set(xGates, row, jn, n);
        set(hGates, row, jn, un);
        set(hPrev, row, j, old);
        set(h, row, j, out);
        set(output, row, j, out);
      }
    }
  }

  @Override
  default void gruBackward(
      GruVariant variant,
      Matrix xGates,
      Matrix hGates,
      Matrix hPrev,
      @Nullable Matrix dOutput,
      Matrix dh) {
    begin(xGates, hGates, hPrev, dOutput, dh);
    OperandChecks.cell(xGates, 3, null, 4, hPrev, dOutput, dh);
    OperandChecks.sameShape("xGates", xGates, "hGates", hGates);
    int units = dh.columns();
    for (int row = 0; row < xGates.rows(); row++) {
      for (int j = 0; j < units; j++) {
        double r = get(xGates, row, j);
        double z = get(xGates, row, units + j);
        double n = get(xGates, row, 2 * units + j);
        double un = get(hGates, row, 2 * units + j);
        double dH = get(dh, row, j) + get(dOutput, row, j);
        double dN = dH * (1 - z) * (1 - n * n);
        double dZ = dH * (get(hPrev, row, j) - n) * z * (1 - z);
        double dR = dN * un * r * (1 - r);
        set(xGates, row, j, dR);
        set(hGates, row, j, dR);
        set(xGates, row, units + j, dZ);
        set(hGates, row, units + j, dZ);
        set(xGates, row, 2 * units + j, dN);
        set(hGates, row, 2 * units + j, dN * r);
        set(dh, row, j, dH * z);
      }
    }
  }
}
