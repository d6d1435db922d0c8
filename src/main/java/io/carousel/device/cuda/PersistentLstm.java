package io.carousel.device.cuda;

import static io.carousel.device.cuda.Operands.address;
import static io.carousel.device.cuda.Operands.stride;

import io.carousel.device.CellBias;
import io.carousel.device.Matrix;
import org.jspecify.annotations.Nullable;

/** The LSTM cell, all steps in one launch. */
final class PersistentLstm extends PersistentRun {
  private final @Nullable Matrix bias = CellBias.summed(queue, weights, leases);
  private final @Nullable Matrix cPrev =
      training ? leases.lease(batch.shape.rows(), spec.hiddenSize()) : null;

  PersistentLstm(Setup setup) {
    super(setup);
  }

  @Override
  void forward(
      PersistentLayout layout,
      Matrix workspace,
      Matrix h,
      @Nullable Matrix c,
      @Nullable Matrix cell) {
    queue.begin(
        weights.weightHh(),
        gates,
        bias,
        h,
        c,
        cPrev,
        hPrev,
        output,
        cell,
        batch.offsets,
        workspace);
    queue.check(
        "lstmPersistentForward",
        PersistentKernels.lstmForward(
            queue.handle(),
            operand(),
            steps(),
            batchSize(),
            reverse(),
            address(batch.offsets),
            spec.hiddenSize(),
            layout.words(),
            address(weights.weightHh()),
            stride(weights.weightHh()),
            address(gates),
            stride(gates),
            address(bias),
            address(h),
            stride(h),
            address(c),
            stride(c),
            address(cPrev),
            stride(cPrev),
            address(hPrev),
            stride(hPrev),
            address(output),
            stride(output),
            address(cell),
            stride(cell),
            address(workspace)));
  }

  @Override
  void backward(
      PersistentLayout layout,
      Matrix workspace,
      @Nullable Matrix dOutput,
      Matrix dh,
      @Nullable Matrix dc,
      @Nullable Matrix dhAll) {
    queue.begin(weights.weightHh(), gates, cPrev, dOutput, dh, dc, dhAll, batch.offsets, workspace);
    queue.check(
        "lstmPersistentBackward",
        PersistentKernels.lstmBackward(
            queue.handle(),
            operand(),
            steps(),
            batchSize(),
            reverse(),
            address(batch.offsets),
            spec.hiddenSize(),
            layout.words(),
            address(weights.weightHh()),
            stride(weights.weightHh()),
            address(gates),
            stride(gates),
            address(cPrev),
            stride(cPrev),
            address(dOutput),
            stride(dOutput),
            address(dh),
            stride(dh),
            address(dc),
            stride(dc),
            address(dhAll),
            stride(dhAll),
            address(workspace)));
  }
}
