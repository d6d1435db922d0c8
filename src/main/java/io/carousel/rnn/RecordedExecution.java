package io.carousel.rnn;

import io.carousel.device.DeviceOutOfMemoryException;
import io.carousel.device.MatrixPool;
import io.carousel.device.Queue;
import io.carousel.device.RecordedWork;
import org.jspecify.annotations.Nullable;

/**
 * A training pass whose forward and backward were recorded as one piece of work each (two CUDA
 * graphs: head and loss run between them). It keeps its memory, addresses and all, from pass to
 * pass; one pass at a time uses it.
 */
final class RecordedExecution implements StepwisePass.Execution, AutoCloseable {
  private final Queue queue;
  private final MatrixPool pool;
  private final TrainingWork work;
  private final Leases scratch;
  private final RecordedWork forward;
  private @Nullable PassGradients backwardOperands;
  private @Nullable RecordedWork backward;
  private boolean busy;

  /**
   * Records forward.
   *
   * @param pool of this recording alone; closed with it
   */
  RecordedExecution(Queue queue, MatrixPool pool, TrainingWork work) {
    this.queue = queue;
    this.pool = pool;
    this.work = work;
    scratch = new Leases(pool);
    forward = record(work::forward);
  }

  private RecordedWork record(Runnable what) {
    pool.setMayFree(false); // what freed memory is waited for, and nothing may be while recording
    try {
      return queue.record(what);
    } finally {
      pool.setMayFree(true);
    }
  }

  boolean isBusy() {
    return busy;
  }

  /** Enqueues forward and opens the pass. */
  void start(int draw) {
    work.inputs().requireUsable(queue.device());
    work.setDraw(draw);
    forward.enqueue();
    busy = true;
  }

  @Override
  public TrainingWork work() {
    return work;
  }

  /** Backward with the operands that it was recorded with, else it is recorded anew. */
  @Override
  public void backward(PassGradients gradients) {
    if (backward == null || !gradients.equals(backwardOperands)) {
      forgetBackward();
      backward = recordOrRun(gradients);
      backwardOperands = gradients;
    }
    if (backward != null) {
      gradients.requireUsable(queue.device());
      backward.enqueue();
    }
  }

  /** Records backward, or runs it right away where there is no memory for a recording. */
  private @Nullable RecordedWork recordOrRun(PassGradients gradients) {
    try {
      return record(() -> work.backward(gradients, scratch));
    } catch (DeviceOutOfMemoryException e) {
      scratch.close();
    }
    try (Leases lent = new Leases(pool)) {
      work.backward(gradients, lent);
    }
    return null;
  }

  private void forgetBackward() {
    if (backward != null) {
      backward.close();
      backward = null;
    }
    scratch.close();
  }

  @Override
  public void end() {
    busy = false;
  }

  /** Gives memory and recordings back; enqueued runs may still be under way on the queue. */
  @Override
  public void close() {
    forgetBackward();
    forward.close();
    work.release();
    pool.close();
  }
}
