package io.carousel.rnn;

import io.carousel.device.Leases;
import io.carousel.device.Matrix;
import io.carousel.device.MatrixPool;
import io.carousel.device.PackedShape;
import io.carousel.device.PassGradients;
import io.carousel.device.Queue;
import io.carousel.device.RecurrentPlan.Trace;
import io.carousel.device.RecurrentSpec;
import org.jspecify.annotations.Nullable;

/**
 * The memory and the operations of one training pass. {@link #forward} and {@link #backward} only
 * enqueue, so that they can be recorded.
 */
final class TrainingWork {
  final Matrix output;
  final Matrix hN;
  final @Nullable Matrix cN;
  private final StackForward stack;
  private final PassInputs inputs;

  TrainingWork(
      Queue queue,
      RecurrentSpec spec,
      MatrixPool pool,
      PackedShape shape,
      PassInputs inputs,
      long dropoutKey,
      @Nullable Trace trace) {
    this.inputs = inputs;
    stack = new StackForward(queue, spec, pool, shape, true, dropoutKey, trace);
    int states = spec.runs() * shape.batchSize();
    try {
      output = stack.leases.lease(shape.rows(), spec.outputSize());
      hN = stack.leases.lease(states, spec.stateSize());
      cN = spec.cell().hasCellState() ? stack.leases.lease(states, spec.hiddenSize()) : null;
    } catch (RuntimeException e) {
      stack.abandon(e);
      throw e;
    }
  }

  /** Sets the number of the pass; not to be recorded. */
  void setDraw(int number) {
    stack.setDraw(number);
  }

  void forward() {
    stack.run(inputs, output, hN, cN);
  }

  /**
   * Enqueues backward.
   *
   * @param scratch must be kept as long as the work, or its recording, is under way
   */
  void backward(PassGradients gradients, Leases scratch) {
    new StackBackward(stack, gradients, scratch).run();
  }

  MatrixPool pool() {
    return stack.pool;
  }

  void release() {
    stack.release();
  }

  void abandon(Throwable failure) {
    stack.abandon(failure);
  }
}
