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

/** The GRU cell whose reset gate acts after the recurrent product, all steps in one launch. */
final class PersistentGru extends PersistentRun {
  private final @Nullable Matrix bias = CellBias.ofGru(queue, weights, leases);

  /** [Σ n_t, 3H]: W_hn h + b_hn in its third block, then the gradient of h·W_hhᵀ. */
  private final Matrix hGates = leaseOperand(spec.gateRows());

  PersistentGru(Setup setup) {
    super(setup);
  }

  @Override
  ElementType stateType() {
    return queue.device().realType();
  }

  @Override
  void forward(
      PersistentLayout layout,
      Matrix workspace,
      Matrix h,
      @Nullable Matrix c,
      @Nullable Matrix cell) {
    queue.begin(
        weights.weightHh(), gates, hGates, bias, h, hPrev, output, batch.offsets, workspace);
    queue.check(
        "gruPersistentForward",
        PersistentKernels.gruForward(
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
            address(hGates),
            stride(hGates),
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
    queue.begin(
        weights.weightHh(), gates, hGates, hPrev, dOutput, dh, dhAll, batch.offsets, workspace);
    queue.check(
        "gruPersistentBackward",
        PersistentKernels.gruBackward(
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
            address(workspace)));
  }

  @Override
  void weightGradients(Queue on, LayerWeights target) {
    WeightGradients sums = new WeightGradients(on, spec.precision(), target);
    sums.addProducts(gates, input, hGates, saved(hPrev));
    sums.addToEach(gates, hGates);
  }
}
