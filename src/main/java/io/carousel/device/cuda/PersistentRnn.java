package io.carousel.device.cuda;

import static io.carousel.device.cuda.Operands.address;
import static io.carousel.device.cuda.Operands.stride;

import io.carousel.device.CellBias;
import io.carousel.device.ElementType;
import io.carousel.device.Matrix;
import org.jspecify.annotations.Nullable;

/** Elman's cell, many steps in one launch. */
final class PersistentRnn extends PersistentRun {
  private final @Nullable Matrix bias = CellBias.summed(queue, weights, leases);

  PersistentRnn(Setup setup) {
    super(setup);
  }

  @Override
  void leaseMore(StepLeases lender, ElementType operandType) {}

  @Override
  void launchForward(
      TimeChunk chunk, LeasedLayout layout, Matrix h, @Nullable Matrix c, @Nullable Matrix cell) {
    Matrix gates = gates(chunk.rows());
    Matrix hPrev = hPrev(chunk.rows());
    Matrix output = output(chunk.rows());
    queue.begin(
        weights.weightHh(), gates, bias, h, hPrev, output, chunk.offsets(), layout.workspace());
    queue.check(
        "rnnPersistentForward",
        PersistentKernels.rnnForward(
            queue.handle(),
            operand(),
            Codes.first(spec.activation()),
            Codes.second(spec.activation()),
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
            address(hPrev),
            stride(hPrev),
            address(output),
            stride(output),
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
        output,
        chunk.offsets(),
        layout.workspace());
    queue.check(
        "rnnPersistentInfer",
        PersistentKernels.rnnInfer(
            queue.handle(),
            operand(),
            Codes.first(spec.activation()),
            Codes.second(spec.activation()),
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
    queue.begin(weights.weightHh(), gates, dOutput, dh, dhAll, chunk.offsets(), layout.workspace());
    queue.check(
        "rnnPersistentBackward",
        PersistentKernels.rnnBackward(
            queue.handle(),
            operand(),
            Codes.first(spec.activation()),
            Codes.second(spec.activation()),
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
            address(dOutput),
            stride(dOutput),
            address(dh),
            stride(dh),
            address(dhAll),
            stride(dhAll),
            address(layout.workspace())));
  }

  @Override
  void replay(TimeChunk chunk, Matrix products, @Nullable Matrix c) {
    Matrix gates = gates(chunk.rows());
    queue.begin(gates, products, bias, chunk.offsets());
    queue.check(
        "rnnReplay",
        PersistentKernels.rnnReplay(
            queue.handle(),
            operand(),
            Codes.first(spec.activation()),
            Codes.second(spec.activation()),
            chunk.steps(),
            batchSize(),
            reverse(),
            address(chunk.offsets()),
            spec.hiddenSize(),
            address(products),
            stride(products),
            address(gates),
            stride(gates),
            address(bias)));
  }
}
