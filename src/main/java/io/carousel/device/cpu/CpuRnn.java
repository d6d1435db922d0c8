package io.carousel.device.cpu;

import io.carousel.device.Activation;
import io.carousel.device.CellOperations;
import io.carousel.device.Matrix;
import io.carousel.device.OperandChecks;
import org.jspecify.annotations.Nullable;

/** One step of a simple recurrent network. */
interface CpuRnn extends CellOperations, CpuOperations {
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
    workers()
        .tiles(
            gates.rows(),
            gates.columns(),
            2,
            t -> {
              float[] a = t.load(0, gates);
              if (bias != null) {
                Loops.add(a, t.loadRow(1, bias, 0), t.count());
              }
              Activations.apply(f, a, t.count());
              if (hPrev != null) {
                t.store(t.load(1, h), hPrev);
              }
              t.store(a, h);
              t.store(a, output);
              t.store(a, gates);
            });
  }

  @Override
  default void rnnBackward(Activation f, Matrix gates, @Nullable Matrix dOutput, Matrix dh) {
    begin(gates, dOutput, dh);
    OperandChecks.cell(gates, 1, null, 1, dOutput, dh);
    workers()
        .tiles(
            gates.rows(),
            gates.columns(),
            1,
            t -> {
              float[] gradient = t.loadSum(0, 1, dh, dOutput);
              Activations.multiplyBySlope(f, gradient, t.load(1, gates), t.count());
              t.store(gradient, gates);
            });
  }
}
