package io.carousel.device.cpu;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Forks a task into parts and joins them, thousands of times a second: the calling thread works
 * too, waiting threads spin for a short time before they sleep, and nothing is allocated.
 *
 * <p>Part p belongs to thread p, so that each thread finds its share of the weights in its own
 * cache. A part whose thread has not come yet (asleep, or another process has its core) is done by
 * the caller. Who does a part never changes its result, only the number of parts can.
 */
final class WorkerPool implements AutoCloseable {
  /** A piece of work that can be done in parts. */
  @FunctionalInterface
  interface Task {
    /** Does one part; parts run at the same time. */
    void run(int part);
  }

  private static final int SPINS = 2_000; // pauses of some 40 ns
  private static final int YIELDS = 100; // gives the core to others, if they want it
  private static final int LINE = 16; // longs in two cache lines: what threads write lies apart
  private static final int PART_BITS = 12;
  private static final Task NOTHING = part -> {};

  private final Worker[] workers;
  private final int spins;
  private final AtomicBoolean busy = new AtomicBoolean();
  private final AtomicLongArray claimed; // last fork whose part was taken, by part
  private final AtomicLongArray finished; // last fork whose part was done by its worker, by part
  private final @Nullable Throwable[] failures;
  private Task task = NOTHING;
  private volatile long fork; // number of the fork, then the number of its parts in PART_BITS
  private volatile @Nullable Thread joining; // set while the caller sleeps
  private volatile boolean closed;

  /**
   * Starts the workers.
   *
   * @param threads threads that compute, the caller included
   */
  WorkerPool(int threads) {
    if (threads < 1 || threads >= 1 << PART_BITS) {
      throw new IllegalArgumentException("threads must lie in 1..4095, got " + threads);
    }
    // where threads outnumber processors, spinning only keeps the others from working
    spins = threads > Runtime.getRuntime().availableProcessors() ? 0 : SPINS;
    claimed = new AtomicLongArray(threads * LINE);
    finished = new AtomicLongArray(threads * LINE);
    failures = new Throwable[threads];
    workers = new Worker[threads];
    for (int part = 1; part < threads; part++) {
      workers[part] = new Worker(part);
      workers[part].start();
    }
  }

  /** Threads that compute, the caller included. */
  int threads() {
    return workers.length;
  }

  /**
   * Runs all parts and returns when they are done. While another thread, or an outer task, uses the
   * pool, the caller does all parts alone, with the same result.
   *
   * @param parts 1 to {@link #threads}
   * @throws RuntimeException the first failure in the order of parts, the others suppressed
   */
  void run(int parts, Task work) {
    if (parts < 1 || parts > workers.length) {
      throw new IllegalArgumentException(parts + " parts for " + workers.length + " threads");
    }
    if (closed) {
      throw new IllegalStateException("the thread pool of this device is closed");
    }
    if (parts == 1 || !busy.compareAndSet(false, true)) {
      for (int part = 0; part < parts; part++) {
        work.run(part);
      }
      return;
    }
    try {
      long number = announce(parts, work);
      attempt(0);
      join(number, parts);
    } finally {
      task = NOTHING;
      busy.set(false);
    }
  }

  private long announce(int parts, Task work) {
    task = work;
    long number = (((fork >>> PART_BITS) + 1) << PART_BITS) | parts;
    fork = number;
    for (int part = 1; part < parts; part++) {
      if (workers[part].asleep) {
        LockSupport.unpark(workers[part]);
      }
    }
    return number;
  }

  private void join(long number, int parts) {
    boolean failed = failures[0] != null;
    for (int part = 1; part < parts; part++) {
      if (claim(part, number)) {
        attempt(part);
      } else {
        awaitWorker(part, number);
      }
      failed |= failures[part] != null;
    }
    if (failed) {
      throwFailures(parts);
    }
  }

  private boolean claim(int part, long number) {
    long last = claimed.get(part * LINE);
    // numbers rise: a thread that comes too late finds a higher one
    return last < number && claimed.compareAndSet(part * LINE, last, number);
  }

  private void attempt(int part) {
    try {
      task.run(part);
    } catch (Throwable failure) {
      failures[part] = failure;
    }
  }

  private void awaitWorker(int part, long number) {
    int index = part * LINE;
    for (int i = 0; finished.get(index) != number; i++) {
      if (!pause(i)) {
        joining = Thread.currentThread();
        if (finished.get(index) != number) {
          LockSupport.park(this);
        }
        joining = null;
      }
    }
  }

  /** Waits a moment, the i-th of a wait; returns false when it is time to sleep. */
  @SuppressWarnings("ThreadPriorityCheck") // yields to be fair; nothing relies on it
  private boolean pause(int i) {
    if (i < spins) {
      Thread.onSpinWait();
    } else if (i < spins + YIELDS) {
      Thread.yield();
    } else {
      return false;
    }
    return true;
  }

  private void throwFailures(int parts) {
    Throwable first = null;
    for (int part = 0; part < parts; part++) {
      Throwable failure = failures[part];
      failures[part] = null;
      if (first == null) {
        first = failure;
      } else if (failure != null && failure != first) {
        first.addSuppressed(failure);
      }
    }
    if (first instanceof Error error) {
      throw error;
    }
    if (first instanceof RuntimeException exception) {
      throw exception;
    }
    throw new IllegalStateException("a task failed", first);
  }

  /** Lets the workers end. Does nothing when it was closed before. */
  @Override
  public void close() {
    closed = true;
    for (int part = 1; part < workers.length; part++) {
      LockSupport.unpark(workers[part]);
    }
  }

  /** Waits for forks and does the part of its number. */
  private final class Worker extends Thread {
    private final int part;
    private volatile boolean asleep;

    Worker(int part) {
      super("carousel-cpu-" + part);
      this.part = part;
      setDaemon(true);
    }

    @Override
    public void run() {
      long seen = 0;
      while (!closed) {
        long number = awaitFork(seen);
        boolean mine = part < (number & ((1 << PART_BITS) - 1));
        // a claim holds the caller in this fork, so that the task read after it is the right one
        if (mine && claim(part, number)) {
          attempt(part);
          finished.set(part * LINE, number);
          Thread caller = joining;
          if (caller != null) {
            LockSupport.unpark(caller);
          }
        }
        seen = number;
      }
    }

    private long awaitFork(long seen) {
      for (int i = 0; fork == seen && !closed; i++) {
        if (!pause(i)) {
          asleep = true;
          if (fork == seen && !closed) {
            LockSupport.park(WorkerPool.this);
          }
          asleep = false;
        }
      }
      return fork;
    }
  }
}
