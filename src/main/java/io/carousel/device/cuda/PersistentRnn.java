package io.carousel.device.cuda;

import static io.carousel.device.cuda.Operands.address;
import static io.carousel.device.cuda.Operands.stride;

import io.carousel.device.CellBias;
import io.carousel.device.Matrix;
import org.jspecify.annotations.Nullable;

/** Elman's cell, all steps in one launch. */
final class PersistentRnn extends PersistentRun {
  private final @Nullable Matrix bias = CellBias.summed(queue, weights, leases);

  PersistentRnn(Setup setup) {
    super(setup);
  }

  @Override
  void forward(
      PersistentLayout layout,
      Matrix workspace,
      Matrix h,
      @Nullable Matrix c,
      @Nullable Matrix cell) {
    queue.begin(weights.weightHh(), gates, bias, h, hPrev, output, batch.offsets, workspace);
    queue.check(
        "rnnPersistentForward",
        PersistentKernels.rnnForward(
            queue.handle(),
            operand(),
            Codes.first(spec.activation()),
            Codes.second(spec.activation()),
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
            address(hPrev),
            stride(hPrev),
            address(output),
            stride(output),
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
    queue.begin(weights.weightHh(), gates, dOutput, dh, dhAll, batch.offsets, workspace);
    queue.check(
        "rnnPersistentBackward",
        PersistentKernels.rnnBackward(
            queue.handle(),
            operand(),
            Codes.first(spec.activation()),
            Codes.second(spec.activation()),
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
            address(dOutput),
            stride(dOutput),
            address(dh),
            stride(dh),
            address(dhAll),
            stride(dhAll),
            address(workspace)));
  }
}
