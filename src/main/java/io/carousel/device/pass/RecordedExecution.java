package io.carousel.device.pass;

import io.carousel.device.CloseAll;
import io.carousel.device.DeviceOutOfMemoryException;
import io.carousel.device.Leases;
import io.carousel.device.Matrix;
import io.carousel.device.MatrixPool;
import io.carousel.device.PackedShape;
import io.carousel.device.PassGradients;
import io.carousel.device.Queue;
import io.carousel.device.RecordedWork;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A training pass whose forward and backward were recorded as one piece of work each (two CUDA
 * graphs: head and loss run between them). It keeps its memory, addresses and all, from pass to
 * pass, and copies the caller's operands in and out; one pass at a time uses it. It does not look
 * at weights and their gradients again, which the caller has checked.
 */
final class RecordedExecution implements TrainingPass.Execution, AutoCloseable {
  /** Number of the pass that used it latest, for {@link PassRecordings}. */
  long latestPass;

  private final Queue queue;
  private final MatrixPool pool;
  private final Leases inputLeases;
  private final Leases gradientLeases;
  private final Leases scratch;
  private final PassInputs inputs;
  private final TrainingWork work;
  private final RecordedWork forward;
  private @Nullable PassGradients gradients;
  private @Nullable RecordedWork backward;
  private boolean backwardFits = true;
  private boolean busy;

  /**
   * Records forward.
   *
   * @param factory makes its work
   * @param pool of this recording alone; closed with it, and by the caller when this fails
   * @param like operands of the kind that passes will have
   */
  RecordedExecution(
      TrainingWork.Factory factory,
      Queue queue,
      MatrixPool pool,
      PackedShape shape,
      PassInputs like,
      long dropoutKey) {
    this.queue = queue;
    this.pool = pool;
    inputLeases = new Leases(pool);
    gradientLeases = new Leases(pool);
    scratch = new Leases(pool);
    inputs = like.lease(inputLeases);
    work = factory.create(queue, pool, shape, inputs, dropoutKey, null);
    work.openQueues();
    forward = record(work::forward);
  }

  private RecordedWork record(Runnable what) {
    pool.setMayFree(false); // to free is to wait for the device, which is refused while recording
    try {
      return queue.record(what);
    } finally {
      pool.setMayFree(true);
    }
  }

  boolean isBusy() {
    return busy;
  }

  /** How passes are enqueued, as far as known. */
  String launch() {
    return backwardFits
        ? "recorded"
        : "forward recorded, backward one operation after the other: no memory for its recording";
  }

  /** Enqueues forward and opens the pass. */
  void start(PassInputs from, int draw) {
    queue.copy(from.input(), inputs.input());
    copy(from.h0(), inputs.h0());
    copy(from.c0(), inputs.c0());
    work.setDraw(draw);
    forward.enqueue();
    busy = true;
  }

  private void copy(@Nullable Matrix from, @Nullable Matrix to) {
    if (from != null && to != null) {
      queue.copy(from, to);
    }
  }

  @Override
  public TrainingWork work() {
    return work;
  }

  @Override
  public void backward(PassGradients caller) {
    if (backwardFits && (gradients == null || !caller.isLike(gradients))) {
      recordBackward(caller);
    }
    if (gradients == null || backward == null) {
      try (Leases lent = new Leases(pool)) {
        work.backward(caller, lent);
      }
      return;
    }
    copy(caller.dOutput(), gradients.dOutput());
    copy(caller.dHn(), gradients.dHn());
    copy(caller.dCn(), gradients.dCn());
    backward.enqueue();
    copy(gradients.dInput(), caller.dInput());
    copy(gradients.dH0(), caller.dH0());
    copy(gradients.dC0(), caller.dC0());
  }

  /** When backward comes for the first time, or with other gradients wanted. */
  private void recordBackward(PassGradients like) {
    forgetBackward();
    try {
      PassGradients own = like.lease(gradientLeases);
      backward = record(() -> work.backward(own, scratch));
      gradients = own;
    } catch (DeviceOutOfMemoryException e) {
      CloseAll.orThrow(e, List.of(this::forgetBackward));
      backwardFits = false; // it would be so again in every step
    } catch (RuntimeException | Error e) {
      CloseAll.after(e, List.of(this::forgetBackward));
      throw e;
    }
  }

  private void forgetBackward() {
    List<AutoCloseable> old = new ArrayList<>(List.of(gradientLeases, scratch));
    if (backward != null) {
      old.add(backward);
    }
    backward = null;
    gradients = null;
    CloseAll.inReverse(old);
  }

  @Override
  public void end() {
    busy = false;
  }

  /** Gives memory and recordings back; enqueued runs may still be under way on the queue. */
  @Override
  public void close() {
    CloseAll.inReverse(
        List.<AutoCloseable>of(pool, inputLeases, work::release, forward, this::forgetBackward));
  }
}
