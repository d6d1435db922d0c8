package io.carousel.device.cpu;

import io.carousel.device.Leases;
import io.carousel.device.MatrixPool;
import io.carousel.device.PassGradients;
import io.carousel.device.pass.PassInputs;
import io.carousel.device.pass.PassOutputs;
import io.carousel.device.pass.TrainingWork;

/** One training pass, all steps of a layer and direction in one call of the kernels. */
final class FusedWork implements TrainingWork {
  private final FusedForward forward;
  private final PassInputs inputs;
  private final PassOutputs outputs;

  /**
   * Leases the outputs.
   *
   * @param forward of this pass alone, in training
   */
  FusedWork(FusedForward forward, PassInputs inputs) {
    this.forward = forward;
    this.inputs = inputs;
    try {
      outputs = PassOutputs.lease(forward.leases, forward.context.spec(), forward.shape);
    } catch (RuntimeException e) {
      abandon(e);
      throw e;
    }
  }

  @Override
  public PassOutputs outputs() {
    return outputs;
  }

  @Override
  public void setDraw(int number) {
    if (forward.dropout != null) {
      forward.dropout.setDraw(number);
    }
  }

  @Override
  public void openQueues() {
    // the device has one queue
  }

  @Override
  public void forward() {
    forward.run(
        inputs.input(), inputs.h0(), inputs.c0(), outputs.output(), outputs.hN(), outputs.cN());
  }

  @Override
  public void backward(PassGradients gradients, Leases scratch) {
    new FusedBackward(forward, gradients, scratch).run();
  }

  @Override
  public MatrixPool pool() {
    return forward.context.pool();
  }

  @Override
  public void release() {
    forward.leases.close();
  }

  @Override
  public void abandon(Throwable failure) {
    release(); // the kernels have ended
  }
}
