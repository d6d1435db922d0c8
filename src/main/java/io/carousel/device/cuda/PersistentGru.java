package io.carousel.device.cuda;

import static io.carousel.device.cuda.Operands.address;
import static io.carousel.device.cuda.Operands.stride;

import io.carousel.device.CellBias;
import io.carousel.device.ElementType;
import io.carousel.device.LayerWeights;
import io.carousel.device.Matrix;
import io.carousel.device.Queue;
import io.carousel.device.WeightGradients;
import org.jspecify.annotations.Nullable;

/** The GRU cell whose reset gate acts after the recurrent product, many steps in one launch. */
final class PersistentGru extends PersistentRun {
  private final @Nullable Matrix bias = CellBias.ofGru(queue, weights, leases);

  /** [rows, 3H]: W_hn h + b_hn in its third block, then the gradient of h·W_hhᵀ. */
  private @Nullable StepMatrix hGates;

  PersistentGru(Setup setup) {
    super(setup);
  }

  @Override
  ElementType stateType() {
    return queue.device().realType();
  }

  @Override
  void leaseMore(StepLeases lender, ElementType operandType) {
    hGates = lender.lease(operandType, spec.gateRows());
  }

  @Override
  void launchForward(
      TimeChunk chunk, LeasedLayout layout, Matrix h, @Nullable Matrix c, @Nullable Matrix cell) {
    Matrix xGates = gates(chunk.rows());
    Matrix hGates = leased(this.hGates).of(chunk.rows());
    Matrix hPrev = hPrev(chunk.rows());
    Matrix output = output(chunk.rows());
    queue.begin(
        weights.weightHh(),
        xGates,
        hGates,
        bias,
        h,
        hPrev,
        output,
        chunk.offsets(),
        layout.workspace());
    queue.check(
        "gruPersistentForward",
        PersistentKernels.gruForward(
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
            address(xGates),
            stride(xGates),
            address(hGates),
            stride(hGates),
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
        "gruPersistentInfer",
        PersistentKernels.gruInfer(
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
    Matrix xGates = gates(chunk.rows());
    Matrix hGates = leased(this.hGates).of(chunk.rows());
    Matrix hPrev = saved(hPrev(chunk.rows()));
    queue.begin(
        weights.weightHh(),
        xGates,
        hGates,
        hPrev,
        dOutput,
        dh,
        dhAll,
        chunk.offsets(),
        layout.workspace());
    queue.check(
        "gruPersistentBackward",
        PersistentKernels.gruBackward(
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
            address(xGates),
            stride(xGates),
            address(hGates),
            stride(hGates),
            address(hPrev),
            stride(hPrev),
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
    Matrix xGates = gates(chunk.rows());
    Matrix hGates = leased(this.hGates).of(chunk.rows());
    queue.begin(xGates, hGates, products, bias, chunk.offsets());
    queue.check(
        "gruReplay",
        PersistentKernels.gruReplay(
            queue.handle(),
            operand(),
            chunk.steps(),
            batchSize(),
            reverse(),
            address(chunk.offsets()),
            spec.hiddenSize(),
            address(products),
            stride(products),
            address(xGates),
            stride(xGates),
            address(hGates),
            stride(hGates),
            address(bias)));
  }

  @Override
  void weightGradients(Queue on, LayerWeights target, PackedRows rows, Matrix sum) {
    WeightGradients sums = new WeightGradients(on, spec.precision(), target);
    Matrix dX = gates(rows);
    Matrix dH = leased(hGates).of(rows);
    sums.addProducts(dX, input(rows), dH, saved(hPrev(rows)));
    sums.addToEach(dX, dH);
  }
}
