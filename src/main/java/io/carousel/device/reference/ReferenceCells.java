package io.carousel.device.reference;

import static io.carousel.device.reference.ReferenceBuffer.at;
import static io.carousel.device.reference.ReferenceBuffer.reals;
import static io.carousel.device.reference.ReferenceFunctions.slope;
import static io.carousel.device.reference.ReferenceFunctions.value;

import io.carousel.device.Activation;
import io.carousel.device.CellOperations;
import io.carousel.device.GruVariant;
import io.carousel.device.Matrix;
import io.carousel.device.OperandChecks;
import org.jspecify.annotations.Nullable;

/** One step of RNN and GRU (reset after), unit by unit. */
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
        double a = value(f, get(gates, r, j) + get(bias, 0, j));
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
        double dH = get(dh, r, j) + get(dOutput, r, j);
        set(gates, r, j, dH * slope(f, get(gates, r, j)));
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
    Activation gate = variant.gateActivation();
    Activation activation = variant.activation();
    for (int row = 0; row < xGates.rows(); row++) {
      for (int j = 0; j < units; j++) {
        int jz = units + j;
        int jn = 2 * units + j;
        double r = value(gate, get(xGates, row, j) + get(hGates, row, j) + get(bias, 0, j));
        double z = value(gate, get(xGates, row, jz) + get(hGates, row, jz) + get(bias, 0, jz));
        double un = get(hGates, row, jn) + get(bias, 0, 3 * units + j);
        double n = value(activation, get(xGates, row, jn) + get(bias, 0, jn) + r * un);
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
    Activation gate = variant.gateActivation();
    Activation activation = variant.activation();
    for (int row = 0; row < xGates.rows(); row++) {
      for (int j = 0; j < units; j++) {
        double r = get(xGates, row, j);
        double z = get(xGates, row, units + j);
        double n = get(xGates, row, 2 * units + j);
        double un = get(hGates, row, 2 * units + j);
        double dH = get(dh, row, j) + get(dOutput, row, j);
        double dN = dH * (1 - z) * slope(activation, n);
        double dZ = dH * (get(hPrev, row, j) - n) * slope(gate, z);
        double dR = dN * un * slope(gate, r);
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
