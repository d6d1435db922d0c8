package io.carousel.device.reference;

import static io.carousel.device.reference.ReferenceCells.get;
import static io.carousel.device.reference.ReferenceCells.set;
import static io.carousel.device.reference.ReferenceFunctions.slope;
import static io.carousel.device.reference.ReferenceFunctions.value;

import io.carousel.device.Activation;
import io.carousel.device.CellOperations;
import io.carousel.device.LstmVariant;
import io.carousel.device.Matrix;
import io.carousel.device.OperandChecks;
import org.jspecify.annotations.Nullable;

/** One step of an LSTM in all its variants, unit by unit. */
interface ReferenceLstm extends CellOperations, ReferenceStart {
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
    Matrix p = variant.peephole();
    begin(gates, bias, c, cPrev, h, hPrev, output, p);
    OperandChecks.cell(gates, 4, bias, 4, c, cPrev, h, hPrev, output);
    int units = output.columns();
    OperandChecks.peephole(variant, units);
    Activation gate = variant.gateActivation();
    Activation activation = variant.activation();
    Activation cellOutput = variant.cellOutputActivation();
    for (int r = 0; r < gates.rows(); r++) {
      for (int j = 0; j < units; j++) {
        int jf = units + j;
        int jg = 2 * units + j;
        int jo = 3 * units + j;
        double old = get(c, r, j);
        double f = value(gate, get(gates, r, jf) + get(bias, 0, jf) + get(p, 1, j) * old);
        double i =
            variant.coupledInputForget()
                ? 1 - f
                : value(gate, get(gates, r, j) + get(bias, 0, j) + get(p, 0, j) * old);
        double g = value(activation, get(gates, r, jg) + get(bias, 0, jg));
        double cell = bounded(variant, f * old + i * g);
        double o = value(gate, get(gates, r, jo) + get(bias, 0, jo) + get(p, 2, j) * cell);
        double out = o * value(cellOutput, cell);
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
    Matrix p = variant.peephole();
    begin(gates, cPrev, dOutput, dh, dc, cell, p);
    OperandChecks.cell(gates, 4, null, 4, cPrev, dOutput, dh, dc, cell);
    int units = dc.columns();
    OperandChecks.peephole(variant, units);
    boolean coupled = variant.coupledInputForget();
    Activation gate = variant.gateActivation();
    Activation activation = variant.activation();
    Activation cellOutput = variant.cellOutputActivation();
    for (int r = 0; r < gates.rows(); r++) {
      for (int j = 0; j < units; j++) {
        double i = get(gates, r, j);
        double f = get(gates, r, units + j);
        double g = get(gates, r, 2 * units + j);
        double o = get(gates, r, 3 * units + j);
        double old = get(cPrev, r, j);
        double unbounded = f * old + i * g;
        double bounded = bounded(variant, unbounded);
        double squashed = value(cellOutput, bounded);
        double dH = get(dh, r, j) + get(dOutput, r, j);
        double dO = dH * squashed * slope(gate, o);
        double dCell = get(dc, r, j) + dH * o * slope(cellOutput, squashed) + dO * get(p, 2, j);
        if (isClipped(variant, unbounded)) {
          dCell = 0;
        }
        double dI = coupled ? 0 : dCell * g * slope(gate, i);
        double dF = dCell * (coupled ? old - g : old) * slope(gate, f);
        set(gates, r, j, dI);
        set(gates, r, units + j, dF);
        set(gates, r, 2 * units + j, dCell * i * slope(activation, g));
        set(gates, r, 3 * units + j, dO);
        set(dc, r, j, dCell * f + dI * get(p, 0, j) + dF * get(p, 1, j));
        set(cell, r, j, bounded);
      }
    }
  }

  private static double bounded(LstmVariant variant, double cell) {
    return isClipped(variant, cell) ? Math.copySign(variant.cellClip(), cell) : cell;
  }

  private static boolean isClipped(LstmVariant variant, double cell) {
    return variant.cellClip() > 0 && Math.abs(cell) > variant.cellClip();
  }
}
