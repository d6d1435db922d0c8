package io.carousel.serve;

import io.carousel.device.CloseAll;
import io.carousel.device.Products;
import io.carousel.rnn.SequenceModel;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Lends runners to threads, at most so many at the same time. A runner is made when none is idle;
 * the one used last is lent first, for what it left in the caches.
 */
final class Runners implements AutoCloseable {
  private final int most;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final SequenceModel original; // owns the parameters of all
  private final List<Runner> all = new ArrayList<>();
  private final Deque<Runner> idle;
  private int lent;
  private boolean closed;
  private boolean freed;

  /** Takes the model, which is closed with the runners. */
  Runners(SequenceModel model, int most) {
    this.most = most;
    original = model;
    idle = new ArrayDeque<>(most);
    Runner first = new Runner(model);
    all.add(first);
    idle.push(first);
  }

  /** The most that are lent at the same time. */
  int most() {
    return most;
  }

  /**
   * Lends a runner to the calling thread, which gives it back; waits while all are lent.
   *
   * @throws IllegalStateException when the model is closed
   */
  Runner lend() {
    Runner runner = lendIdle();
    boolean ready = false;
    try {
      if (runner == null) {
        runner = grow();
      }
      runner.adopt();
      ready = true;
      return runner;
    } finally {
      if (!ready) {
        giveBack(runner);
      }
    }
  }

  /** Counts a loan; null when the caller is to make the runner, which others need not wait for. */
  private @Nullable Runner lendIdle() {
    lock.lock();
    try {
      requireOpen();
      while (idle.isEmpty() && lent == most) {
        changed.awaitUninterruptibly();
        requireOpen();
      }
      lent++;
      return idle.poll();
    } finally {
      lock.unlock();
    }
  }

  private void requireOpen() {
    if (closed) {
      throw new IllegalStateException("the model is closed");
    }
  }

  private Runner grow() {
    Runner made =
        new Runner(
            original.replica(original.parameters().device().openQueue(Products.ROW_INVARIANT)));
    lock.lock();
    try {
      all.add(made);
    } finally {
      lock.unlock();
    }
    return made;
  }

  /** Ends a loan; null where no runner could be made for it. */
  void giveBack(@Nullable Runner runner) {
    lock.lock();
    try {
      if (runner != null) {
        idle.push(runner);
      }
      lent--;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Refuses further loans, waits for the runners that are lent, and frees everything. */
  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      changed.signalAll();
      while (lent > 0) {
        changed.awaitUninterruptibly();
      }
      if (!freed) {
        freed = true;
        CloseAll.inReverse(all);
      }
    } finally {
      lock.unlock();
    }
  }
}
