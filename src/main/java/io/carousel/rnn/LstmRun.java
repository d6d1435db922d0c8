package io.carousel.rnn;

import io.carousel.device.CellBias;
import io.carousel.device.LayerWeights;
import io.carousel.device.LstmVariant;
import io.carousel.device.Matrix;
import io.carousel.device.Queue;
import org.jspecify.annotations.Nullable;

/** The LSTM cell; with a projection h = W_hr (o ∘ tanh c), as PyTorch has it. */
final class LstmRun extends CellRun {
  private final LstmVariant variant;
  private final Matrix c;
  private final @Nullable Matrix bias = CellBias.summed(queue, weights, leases);
  private final @Nullable Matrix cPrev = training ? lease(spec.hiddenSize()) : null;
  private final @Nullable Projection projection;
  private final @Nullable Peepholes peepholes;

  /**
   * What a projection needs.
   *
   * @param unprojected [Σ n_t, H] o ∘ tanh c
   * @param operand the same as an operand, null where reals are operands
   * @param dProjected [Σ n_t, R] gradient of the projected h, null in inference
   * @param dOperand the same as an operand, null where reals are operands and in inference
   * @param dUnprojected [Σ n_t, H], null in inference
   */
  private record Projection(
      Matrix unprojected,
      @Nullable Matrix operand,
      @Nullable Matrix dProjected,
      @Nullable Matrix dOperand,
      @Nullable Matrix dUnprojected) {}

  /**
   * What the gradients of peepholes need.
   *
   * @param cell [Σ n_t, H] c of each row, from backward
   * @param scratch [Σ n_t, H]
   */
  private record Peepholes(Matrix cell, Matrix scratch) {}

  LstmRun(Setup setup) {
    super(setup);
    if (setup.c() == null) {
      throw new IllegalArgumentException("an LSTM needs a cell state");
    }
    c = setup.c();
    variant = LstmVariant.of(spec, weights.peephole());
    int units = spec.hiddenSize();
    projection = weights.weightHr() == null ? null : leaseProjection();
    peepholes =
        training && weights.peephole() != null ? new Peepholes(lease(units), lease(units)) : null;
  }

  private Projection leaseProjection() {
    int units = spec.hiddenSize();
    return new Projection(
        lease(units),
        isReal() ? null : leaseOperand(units),
        training ? lease(spec.stateSize()) : null,
        isReal() || !training ? null : leaseOperand(spec.stateSize()),
        training ? lease(units) : null);
  }

  @Override
  void forward(int first, int n) {
    Matrix gatesT = gates.rows(first, n);
    Matrix hT = h.rows(0, n);
    Matrix cT = c.rows(0, n);
    Matrix hPrevT = step(hPrev, first, n);
    Matrix cPrevT = step(cPrev, first, n);
    Matrix outputT = output.rows(first, n);
    product(queue, false, true, hT, weights.weightHh(), 1, gatesT);
    if (projection == null || weights.weightHr() == null) {
      queue.lstmForward(variant, gatesT, bias, cT, cPrevT, hT, hPrevT, outputT);
      return;
    }
    Matrix unprojectedT = projection.unprojected.rows(first, n);
    queue.lstmForward(variant, gatesT, bias, cT, cPrevT, null, null, unprojectedT);
    if (hPrevT != null) {
      queue.copy(hT, hPrevT);
    }
    Matrix factor = asOperand(unprojectedT, step(projection.operand, first, n));
    product(queue, false, true, factor, weights.weightHr(), 0, outputT);
    queue.copy(outputT, hT);
  }

  @Override
  void backward(int first, int n, @Nullable Matrix dOutput, Matrix dh, @Nullable Matrix dc) {
    Matrix gatesT = gates.rows(first, n);
    Matrix cPrevT = saved(cPrev).rows(first, n);
    Matrix cellT = peepholes == null ? null : peepholes.cell.rows(first, n);
    Matrix dcT = saved(dc);
    if (projection == null || weights.weightHr() == null) {
      queue.lstmBackward(variant, gatesT, cPrevT, dOutput, dh, dcT, cellT);
    } else {
      Matrix dProjectedT = saved(projection.dProjected).rows(first, n);
      Matrix dUnprojectedT = saved(projection.dUnprojected).rows(first, n);
      queue.copy(dh, dProjectedT);
      if (dOutput != null) {
        queue.axpy(1, dOutput, dProjectedT);
      }
      Matrix factor = asOperand(dProjectedT, step(projection.dOperand, first, n));
      product(queue, false, false, factor, weights.weightHr(), 0, dUnprojectedT);
      queue.lstmBackward(variant, gatesT, cPrevT, dUnprojectedT, null, dcT, cellT);
    }
    product(queue, false, false, gatesT, weights.weightHh(), 0, dh);
  }

  @Override
  void weightGradients(Queue on, LayerWeights gradients, int first, int n) {
    super.weightGradients(on, gradients, first, n);
    if (projection != null && gradients.weightHr() != null) {
      Matrix dProjected = projection.dOperand == null ? projection.dProjected : projection.dOperand;
      Matrix unprojected = projection.operand == null ? projection.unprojected : projection.operand;
      Matrix dFactor = saved(dProjected).rows(first, n);
      product(on, true, false, dFactor, unprojected.rows(first, n), 1, gradients.weightHr());
    }
    if (peepholes != null && gradients.peephole() != null) {
      Matrix old = saved(cPrev).rows(first, n);
      peepholeGradient(on, 0, old, gradients.peephole().rows(0, 1), first, n);
      peepholeGradient(on, 1, old, gradients.peephole().rows(1, 1), first, n);
      Matrix cell = peepholes.cell.rows(first, n);
      peepholeGradient(on, 3, cell, gradients.peephole().rows(2, 1), first, n);
    }
  }

  /** dP += Σ_rows dGate ∘ seen, for the gate in that block. */
  private void peepholeGradient(Queue on, int block, Matrix seen, Matrix dP, int first, int n) {
    int units = spec.hiddenSize();
    if (peepholes != null) {
      Matrix scratch = peepholes.scratch.rows(first, n);
      on.copy(gates.rows(first, n).columns(block * units, units), scratch);
      on.multiply(scratch, seen, scratch);
      on.sumRows(scratch, 1, dP);
    }
  }
}
