package io.carousel.cli.bench;

import io.carousel.device.Device;
import io.carousel.device.Matrix;
import org.jspecify.annotations.Nullable;

/** Forward over a batch without gradients. */
final class InferenceWorkload extends Workload {
  private final Matrix callerX;
  private final Matrix x;
  private final Matrix h0;
  private final @Nullable Matrix c0;
  final Matrix callerOutput;
  private final Matrix output;
  private final Matrix hN;
  private final @Nullable Matrix cN;

  InferenceWorkload(BenchCase what, Device device) {
    super(what, device);
    callerX = callerRows("x", spec.inputSize());
    x = packedRoom("packed x", callerX);
    h0 = states("h0", spec.stateSize());
    c0 = cellStates("c0");
    callerOutput = scope.reals("y", callerX.rows(), spec.outputSize());
    output = packedRoom("packed y", callerOutput);
    hN = states("hN", spec.stateSize());
    cN = cellStates("cN");
  }

  @Override
  void enqueue() {
    pack(callerX, x);
    layer.infer(queue, shape, x, h0, c0, output, hN, cN);
    pad(output, callerOutput);
  }
}
