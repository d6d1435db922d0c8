package io.carousel.cli.bench;

import io.carousel.device.Device;
import io.carousel.device.Matrix;
import io.carousel.optim.Sgd;
import io.carousel.rnn.RecurrentLayer;
import org.jspecify.annotations.Nullable;

/** A step of training the stack itself: mean squared error, gradients, SGD. */
final class TrainingWorkload extends Workload {
  private static final double LEARNING_RATE = 0.01;

  private final Sgd optimizer;
  private final Matrix callerX;
  private final Matrix x;
  private final Matrix h0;
  private final @Nullable Matrix c0;
  private final Matrix targets;
  private final Matrix rowWeights;
  private final Matrix dOutput;
  private final Matrix dInput;
  final Matrix callerDInput;
  private final Matrix loss;

  TrainingWorkload(BenchCase what, Device device) {
    super(what, device);
    optimizer = new Sgd(parameters, LEARNING_RATE);
    callerX = callerRows("x", spec.inputSize());
    x = packedRoom("packed x", callerX);
    h0 = states("h0", spec.stateSize());
    c0 = cellStates("c0");
    targets = random("targets", shape.rows(), spec.outputSize());
    rowWeights = scope.reals("row weights", 1, shape.rows());
    queue.fill(rowWeights, 1 / ((double) shape.rows() * spec.outputSize()));
    dOutput = scope.reals("dY", shape.rows(), spec.outputSize());
    callerDInput = scope.reals("dX", callerX.rows(), spec.inputSize());
    dInput = packedRoom("packed dX", callerDInput);
    loss = scope.reals("loss", 1, 1);
  }

  @Override
  void enqueue() {
    parameters.zeroGradients(queue);
    queue.fill(loss, 0);
    pack(callerX, x);
    try (RecurrentLayer.Pass pass = layer.forward(queue, shape, x, h0, c0, 0)) {
      queue.squaredError(pass.output(), targets, rowWeights, dOutput, loss);
      pass.backward(dOutput, null, null, dInput, null, null);
    }
    pad(dInput, callerDInput);
    optimizer.step(queue, null);
  }

  @Override
  public void close() {
    optimizer.close();
    super.close();
  }
}
