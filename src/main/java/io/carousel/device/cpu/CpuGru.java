package io.carousel.device.cpu;

import io.carousel.device.CellOperations;
import io.carousel.device.GruVariant;
import io.carousel.device.Matrix;
import io.carousel.device.OperandChecks;
import org.jspecify.annotations.Nullable;

/** One step of a GRU whose reset gate acts after the recurrent product. */
interface CpuGru extends CellOperations, CpuOperations {
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
    workers()
        .tiles(
            output.rows(),
            units,
            5,
            t -> {
              int count = t.count();
              float[] r = t.load(0, xGates);
              float[] z = t.load(1, xGates, units);
              float[] n = t.load(2, xGates, 2 * units);
              float[] un = t.load(3, hGates, 2 * units);
              Loops.add(r, t.load(4, hGates), count);
              Loops.add(z, t.load(4, hGates, units), count);
              if (bias != null) {
                Loops.add(r, t.loadRow(4, bias, 0), count);
                Loops.add(z, t.loadRow(4, bias, units), count);
                Loops.add(n, t.loadRow(4, bias, 2 * units), count);
                Loops.add(un, t.loadRow(4, bias, 3 * units), count);
              }
              Activations.apply(variant.gateActivation(), r, count);
              Activations.apply(variant.gateActivation(), z, count);
              Loops.addProduct(n, r, un, count);
              Activations.apply(variant.activation(), n, count);
              float[] state = t.load(4, h);
              if (hPrev != null) {
                t.store(state, hPrev);
              }
              GruLoops.nextState(state, z, n, count);
              t.store(state, h);
              t.store(state, output);
              t.store(r, xGates);
              t.store(z, xGates, units);
              t.store(n, xGates, 2 * units);
              t.store(un, hGates, 2 * units);
            });
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
    workers()
        .tiles(
            dh.rows(),
            units,
            4,
            t -> {
              int count = t.count();
              float[] r = t.load(0, xGates);
              float[] z = t.load(1, xGates, units);
              float[] n = t.load(2, xGates, 2 * units);
              float[] un = t.load(3, hGates, 2 * units);
              float[] dH = t.loadSum(4, 5, dh, dOutput);
              float[] passed = t.copy(dH, 5);
              Loops.multiply(passed, z, count);
              t.store(passed, dh);
              float[] dN = t.lane(5);
              GruLoops.candidate(variant.activation(), dN, dH, z, n, count);
              t.store(dN, xGates, 2 * units);
              GruLoops.updateGate(variant.gateActivation(), z, dH, t.load(6, hPrev), n, count);
              t.store(z, xGates, units);
              t.store(z, hGates, units);
              GruLoops.resetGate(variant.gateActivation(), un, dN, r, count);
              t.store(un, xGates);
              t.store(un, hGates);
              Loops.multiply(dN, r, count);
              t.store(dN, hGates, 2 * units);
            });
  }
}
