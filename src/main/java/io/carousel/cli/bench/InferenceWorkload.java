package io.carousel.cli.bench;

import io.carousel.device.Device;
import io.carousel.device.Matrix;
import org.jspecify.annotations.Nullable;

/** Forward over a batch without gradients. */
final class InferenceWorkload extends Workload {
  private final Matrix x;
  private final Matrix h0;
  private final @Nullable Matrix c0;
  private final Matrix output;
  private final Matrix hN;
  private final @Nullable Matrix cN;

  InferenceWorkload(BenchCase what, Device device) {
    super(what, device);
    x = random("x", shape.rows(), spec.inputSize());
    h0 = states("h0", spec.stateSize());
    c0 = cellStates("c0");
    output = scope.reals("y", shape.rows(), spec.outputSize());
    hN = states("hN", spec.stateSize());
    cN = cellStates("cN");
  }

  @Override
  void enqueue() {
    layer.infer(queue, shape, x, h0, c0, output, hN, cN);
  }
}
