package io.carousel.device.cpu;

import io.carousel.device.CellOperations;
import io.carousel.device.GruVariant;
import io.carousel.device.Matrix;
import io.carousel.device.OperandChecks;
import org.jspecify.annotations.Nullable;

/** The two halves of a GRU step whose reset gate acts before the recurrent product. */
interface CpuGruResetBefore extends CellOperations, CpuOperations {
  @Override
  default void gruResetForward(
      GruVariant variant, Matrix gates, @Nullable Matrix bias, Matrix h, Matrix resetH) {
    begin(gates, bias, h, resetH);
    OperandChecks.cell(gates, 3, bias, 4, h, resetH);
    int units = h.columns();
    workers()
        .tiles(
            h.rows(),
            units,
            3,
            t -> {
              int count = t.count();
              float[] r = t.load(0, gates);
              float[] z = t.load(1, gates, units);
              if (bias != null) {
                Loops.add(r, t.loadRow(2, bias, 0), count);
                Loops.add(z, t.loadRow(2, bias, units), count);
              }
              Activations.apply(variant.gateActivation(), r, count);
              Activations.apply(variant.gateActivation(), z, count);
              t.store(r, gates);
              t.store(z, gates, units);
              Loops.multiply(r, t.load(2, h), count);
              t.store(r, resetH);
            });
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
    int units = output.columns();
    workers()
        .tiles(
            output.rows(),
            units,
            2,
            t -> {
              int count = t.count();
              float[] n = t.load(0, gates, 2 * units);
              if (bias != null) {
                Loops.add(n, t.loadRow(1, bias, 2 * units), count);
                Loops.add(n, t.loadRow(1, bias, 3 * units), count);
              }
              Activations.apply(variant.activation(), n, count);
              t.store(n, gates, 2 * units);
              float[] state = t.load(1, h);
              if (hPrev != null) {
                t.store(state, hPrev);
              }
              GruLoops.nextState(state, t.load(2, gates, units), n, count);
              t.store(state, h);
              t.store(state, output);
            });
  }

  @Override
  default void gruCandidateBackward(
      GruVariant variant, Matrix gates, Matrix hPrev, @Nullable Matrix dOutput, Matrix dh) {
    begin(gates, hPrev, dOutput, dh);
    OperandChecks.cell(gates, 3, null, 4, hPrev, dOutput, dh);
    int units = dh.columns();
    workers()
        .tiles(
            dh.rows(),
            units,
            2,
            t -> {
              int count = t.count();
              float[] z = t.load(0, gates, units);
              float[] n = t.load(1, gates, 2 * units);
              float[] dH = t.loadSum(2, 3, dh, dOutput);
              float[] dN = t.lane(3);
              GruLoops.candidate(variant.activation(), dN, dH, z, n, count);
              t.store(dN, gates, 2 * units);
              float[] passed = t.copy(dH, 3);
              Loops.multiply(passed, z, count);
              t.store(passed, dh);
              GruLoops.updateGate(variant.gateActivation(), z, dH, t.load(3, hPrev), n, count);
              t.store(z, gates, units);
            });
  }

  @Override
  default void gruResetBackward(
      GruVariant variant, Matrix gates, Matrix dResetH, Matrix hPrev, Matrix dh) {
    begin(gates, dResetH, hPrev, dh);
    OperandChecks.cell(gates, 3, null, 4, dResetH, hPrev, dh);
    int units = dh.columns();
    workers()
        .tiles(
            dh.rows(),
            units,
            2,
            t -> {
              int count = t.count();
              float[] r = t.load(0, gates);
              float[] d = t.load(1, dResetH);
              float[] state = t.load(2, dh);
              Loops.addProduct(state, r, d, count);
              t.store(state, dh);
              float[] dR = t.load(2, hPrev);
              GruLoops.resetGate(variant.gateActivation(), dR, d, r, count);
              t.store(dR, gates);
            });
  }
}
