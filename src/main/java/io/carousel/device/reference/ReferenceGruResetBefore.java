package io.carousel.device.reference;

import static io.carousel.device.reference.ReferenceCells.get;
import static io.carousel.device.reference.ReferenceCells.set;
import static io.carousel.device.reference.ReferenceFunctions.slope;
import static io.carousel.device.reference.ReferenceFunctions.value;

import io.carousel.device.Activation;
import io.carousel.device.CellOperations;
import io.carousel.device.GruVariant;
import io.carousel.device.Matrix;
import io.carousel.device.OperandChecks;
import org.jspecify.annotations.Nullable;

/** The two halves of a GRU step whose reset gate acts before the recurrent product. */
interface ReferenceGruResetBefore extends CellOperations, ReferenceStart {
  @Override
  default void gruResetForward(
      GruVariant variant, Matrix gates, @Nullable Matrix bias, Matrix h, Matrix resetH) {
    begin(gates, bias, h, resetH);
    OperandChecks.cell(gates, 3, bias, 4, h, resetH);
    int units = h.columns();
    Activation gate = variant.gateActivation();
    for (int row = 0; row < gates.rows(); row++) {
      for (int j = 0; j < units; j++) {
        double r = value(gate, get(gates, row, j) + get(bias, 0, j));
        double z = value(gate, get(gates, row, units + j) + get(bias, 0, units + j));
        set(gates, row, j, r);
        set(gates, row, units + j, z);
        set(resetH, row, j, r * get(h, row, j));
      }
    }
  }

  @Override
  default void gruCandidateForward(
      GruVariant variant,
      Matrix gates,
      @Nullable Matrix bias,
      Matrix h,
      @Nullable Matrix hPrev,
      Matrix output) {
    begin(gates, bias, h, hPrev, output);
    OperandChecks.cell(gates, 3, bias, 4, h, hPrev, output);
    int units = h.columns();
    Activation activation = variant.activation();
    for (int row = 0; row < gates.rows(); row++) {
      for (int j = 0; j < units; j++) {
        int jn = 2 * units + j;
        double z = get(gates, row, units + j);
        double shift = get(bias, 0, jn) + get(bias, 0, 3 * units + j);
        double n = value(activation, get(gates, row, jn) + shift);
        double old = get(h, row, j);
        double out = (1 - z) * n + z * old;
        set(gates, row, jn, n);
        set(hPrev, row, j, old);
        set(h, row, j, out);
        set(output, row, j, out);
      }
    }
  }

  @Override
  default void gruCandidateBackward(
      GruVariant variant, Matrix gates, Matrix hPrev, @Nullable Matrix dOutput, Matrix dh) {
    begin(gates, hPrev, dOutput, dh);
    OperandChecks.cell(gates, 3, null, 4, hPrev, dOutput, dh);
    int units = dh.columns();
    Activation gate = variant.gateActivation();
    Activation activation = variant.activation();
    for (int row = 0; row < gates.rows(); row++) {
      for (int j = 0; j < units; j++) {
        double z = get(gates, row, units + j);
        double n = get(gates, row, 2 * units + j);
        double dH = get(dh, row, j) + get(dOutput, row, j);
        set(gates, row, units + j, dH * (get(hPrev, row, j) - n) * slope(gate, z));
        set(gates, row, 2 * units + j, dH * (1 - z) * slope(activation, n));
        set(dh, row, j, dH * z);
      }
    }
  }

  @Override
  default void gruResetBackward(
      GruVariant variant, Matrix gates, Matrix dResetH, Matrix hPrev, Matrix dh) {
    begin(gates, dResetH, hPrev, dh);
    OperandChecks.cell(gates, 3, null, 4, dResetH, hPrev, dh);
    int units = dh.columns();
    Activation gate = variant.gateActivation();
    for (int row = 0; row < gates.rows(); row++) {
      for (int j = 0; j < units; j++) {
        double r = get(gates, row, j);
        double d = get(dResetH, row, j);
        set(dh, row, j, get(dh, row, j) + d * r);
        set(gates, row, j, d * get(hPrev, row, j) * slope(gate, r));
      }
    }
  }
}
