package io.carousel.rnn;

import io.carousel.device.Leases;
import io.carousel.device.MatrixPool;
import io.carousel.device.PassGradients;
import io.carousel.device.pass.PassInputs;
import io.carousel.device.pass.PassOutputs;
import io.carousel.device.pass.TrainingWork;

/** One training pass, step after step. */
final class StepwiseWork implements TrainingWork {
  private final StackForward stack;
  private final PassInputs inputs;
  private final PassOutputs outputs;

  /**
   * Leases the outputs.
   *
   * @param stack of this pass alone, in training
   */
  StepwiseWork(StackForward stack, PassInputs inputs) {
    this.stack = stack;
    this.inputs = inputs;
    try {
      outputs = PassOutputs.lease(stack.leases, stack.spec, stack.shape);
    } catch (RuntimeException e) {
      stack.abandon(e);
      throw e;
    }
  }

  @Override
  public PassOutputs outputs() {
    return outputs;
  }

  @Override
  public void setDraw(int number) {
    stack.setDraw(number);
  }

  @Override
  public void openQueues() {
    stack.queue.background(); // forward has opened its own
  }

  @Override
  public void forward() {
    stack.run(inputs, outputs);
  }

  @Override
  public void backward(PassGradients gradients, Leases scratch) {
    new StackBackward(stack, gradients, scratch).run();
  }

  @Override
  public MatrixPool pool() {
    return stack.pool;
  }

  @Override
  public void release() {
    stack.release();
  }

  @Override
  public void abandon(Throwable failure) {
    stack.abandon(failure);
  }
}
