package io.carousel.cli.bench;

import io.carousel.device.Device;
import io.carousel.device.Matrix;
import io.carousel.rnn.RecurrentLayer;
import org.jspecify.annotations.Nullable;

/** Forward, then the gradients of inputs, weights and initial states from a given dY. */
final class GradientWorkload extends Workload {
  private final Matrix callerX;
  private final Matrix x;
  private final Matrix h0;
  private final @Nullable Matrix c0;
  private final Matrix callerDOutput;
  private final Matrix dOutput;
  final Matrix callerDInput;
  private final Matrix dInput;
  private final Matrix dH0;
  private final @Nullable Matrix dC0;

  GradientWorkload(BenchCase what, Device device) {
    super(what, device);
    callerX = callerRows("x", spec.inputSize());
    x = packedRoom("packed x", callerX);
    h0 = states("h0", spec.stateSize());
    c0 = cellStates("c0");
    callerDOutput = callerRows("dY", spec.outputSize());
    dOutput = packedRoom("packed dY", callerDOutput);
    callerDInput = scope.reals("dX", callerX.rows(), spec.inputSize());
    dInput = packedRoom("packed dX", callerDInput);
    dH0 = states("dH0", spec.stateSize());
    dC0 = cellStates("dC0");
  }

  @Override
  void enqueue() {
    parameters.zeroGradients(queue);
    pack(callerX, x);
    pack(callerDOutput, dOutput);
    try (RecurrentLayer.Pass pass = layer.forward(queue, shape, x, h0, c0, 0)) {
      pass.backward(dOutput, null, null, dInput, dH0, dC0);
    }
    pad(dInput, callerDInput);
  }
}
