package io.carousel.device.cuda;

import static io.carousel.device.cuda.Operands.address;
import static io.carousel.device.cuda.Operands.stride;

import io.carousel.device.CellBias;
import io.carousel.device.ElementType;
import io.carousel.device.Matrix;
import org.jspecify.annotations.Nullable;

/** The LSTM cell, many steps in one launch. */
final class PersistentLstm extends PersistentRun {
  private final @Nullable Matrix bias = CellBias.summed(queue, weights, leases);

  /** [rows, H]: the cell state that each row started from; null in inference. */
  private @Nullable StepMatrix cPrev;

  PersistentLstm(Setup setup) {
    super(setup);
  }

  @Override
  void leaseMore(StepLeases lender, ElementType operandType) {
    if (training()) {
      cPrev = lender.lease(queue.device().realType(), spec.hiddenSize());
    }
  }

  @Override
  void launchForward(
      TimeChunk chunk, LeasedLayout layout, Matrix h, @Nullable Matrix c, @Nullable Matrix cell) {
    Matrix gates = gates(chunk.rows());
    Matrix hPrev = hPrev(chunk.rows());
    Matrix cPrevOrNull = cPrev == null ? null : cPrev.of(chunk.rows());
    Matrix output = output(chunk.rows());
    queue.begin(
        weights.weightHh(),
        gates,
        bias,
        h,
        c,
        cPrevOrNull,
        hPrev,
        output,
        cell,
        chunk.offsets(),
        layout.workspace());
    queue.check(
        "lstmPersistentForward",
        PersistentKernels.lstmForward(
            queue.handle(),
            operand(),
            chunk.steps(),
            batchSize(),
            reverse(),
            address(chunk.offsets()),
            spec.hiddenSize(),
            layout.layout().words(),
            address(weights.weightHh()),
            stride(weights.weightHh()),
            address(gates),
            stride(gates),
            address(bias),
            address(h),
            stride(h),
            address(c),
            stride(c),
            address(cPrevOrNull),
            stride(cPrevOrNull),
            address(hPrev),
            stride(hPrev),
            address(output),
            stride(output),
            address(cell),
            stride(cell),
            address(layout.workspace())));
  }

  @Override
  void launchInference(TimeChunk chunk, LeasedLayout layout, Matrix h, @Nullable Matrix c) {
    Matrix x = input(chunk.rows());
    Matrix output = output(chunk.rows());
    queue.begin(
        weights.weightIh(),
        weights.weightHh(),
        x,
        bias,
        h,
        c,
        output,
        chunk.offsets(),
        layout.workspace());
    queue.check(
        "lstmPersistentInfer",
        PersistentKernels.lstmInfer(
            queue.handle(),
            operand(),
            chunk.steps(),
            batchSize(),
            reverse(),
            address(chunk.offsets()),
            spec.hiddenSize(),
            x.columns(),
            layout.layout().words(),
            address(weights.weightIh()),
            stride(weights.weightIh()),
            address(weights.weightHh()),
            stride(weights.weightHh()),
            address(x),
            stride(x),
            address(bias),
            address(h),
            stride(h),
            address(c),
            stride(c),
            address(output),
            stride(output),
            address(layout.workspace())));
  }

  @Override
  void launchBackward(
      TimeChunk chunk,
      LeasedLayout layout,
      @Nullable Matrix dOutput,
      Matrix dh,
      @Nullable Matrix dc,
      @Nullable Matrix dhAll) {
    Matrix gates = gates(chunk.rows());
    Matrix saved = leased(cPrev).of(chunk.rows());
    queue.begin(
        weights.weightHh(),
        gates,
        saved,
        dOutput,
        dh,
        dc,
        dhAll,
        chunk.offsets(),
        layout.workspace());
    queue.check(
        "lstmPersistentBackward",
        PersistentKernels.lstmBackward(
            queue.handle(),
            operand(),
            chunk.steps(),
            batchSize(),
            reverse(),
            address(chunk.offsets()),
            spec.hiddenSize(),
            layout.layout().words(),
            address(weights.weightHh()),
            stride(weights.weightHh()),
            address(gates),
            stride(gates),
            address(saved),
            stride(saved),
            address(dOutput),
            stride(dOutput),
            address(dh),
            stride(dh),
            address(dc),
            stride(dc),
            address(dhAll),
            stride(dhAll),
            address(layout.workspace())));
  }

  @Override
  void replay(TimeChunk chunk, Matrix products, @Nullable Matrix c) {
    Matrix gates = gates(chunk.rows());
    Matrix saved = leased(cPrev).of(chunk.rows());
    queue.begin(gates, products, bias, c, saved, chunk.offsets());
    queue.check(
        "lstmReplay",
        PersistentKernels.lstmReplay(
            queue.handle(),
            operand(),
            chunk.steps(),
            batchSize(),
            reverse(),
            address(chunk.offsets()),
            spec.hiddenSize(),
            address(products),
            stride(products),
            address(gates),
            stride(gates),
            address(bias),
            address(c),
            stride(c),
            address(saved),
            stride(saved)));
  }
}
