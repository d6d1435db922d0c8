package io.carousel.device.pass;

import io.carousel.device.Leases;
import io.carousel.device.MatrixPool;
import io.carousel.device.PackedShape;
import io.carousel.device.PassGradients;
import io.carousel.device.Queue;
import io.carousel.device.RecurrentPlan;
import org.jspecify.annotations.Nullable;

/**
 * The memory and the operations of one training pass, as a kind of plan does it. {@link #forward}
 * and {@link #backward} only enqueue, so that they can be recorded.
 */
public interface TrainingWork {
  /** Makes the work of a pass. */
  interface Factory {
    /**
     * Leases what lasts as long as the pass, and uploads what its shape says; after a failure
     * nothing is held.
     *
     * @param queue where the work goes
     * @param pool lends all memory of the pass
     * @param shape of the batch
     * @param inputs read by forward and backward
     * @param dropoutKey from {@link io.carousel.device.Philox#key}
     * @param trace told of gates and states, null for none
     */
    TrainingWork create(
        Queue queue,
        MatrixPool pool,
        PackedShape shape,
        PassInputs inputs,
        long dropoutKey,
        RecurrentPlan.@Nullable Trace trace);
  }

  /** What forward writes. */
  PassOutputs outputs();

  /** What the work launches, in words; empty where operations of the queue say it all. */
  default String launches() {
    return "";
  }

  /** Sets the number of the pass, from which its dropout masks are made; never recorded. */
  void setDraw(int number);

  /** Opens all queues that the work takes: while it is recorded none may be opened. */
  void openQueues();

  /** Enqueues forward. */
  void forward();

  /**
   * Enqueues backward.
   *
   * @param scratch must be kept as long as the work, or its recording, is under way
   */
  void backward(PassGradients gradients, Leases scratch);

  /** Lends the memory of the pass. */
  MatrixPool pool();

  /** Gives all memory back. */
  void release();

  /** The same after a failure, when work beside the queue may still use the memory. */
  void abandon(Throwable failure);
}
