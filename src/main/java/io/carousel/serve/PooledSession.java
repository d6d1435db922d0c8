package io.carousel.serve;

import io.carousel.rnn.StreamState;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * A session of a pool. Its fields belong to the scheduler's lock; while the session is taken,
 * {@link #state}, {@link #stored} and {@link #steps} belong to the thread that took it.
 */
final class PooledSession {
  /** Where a session stands. */
  enum Phase {
    /** Nothing is wanted of it. */
    IDLE,
    /** It waits in the line of those of whom something is wanted. */
    READY,
    /** A thread has it. */
    TAKEN
  }

  final String id;
  final Deque<Job> jobs = new ArrayDeque<>(2);
  Phase phase = Phase.IDLE;
  boolean closed;

  /** What the thread that took it is to do; null when that is done. */
  @Nullable Job current;

  /** When it came into the line. */
  long readyNanos;

  /** When it was last put back, or opened. */
  long lastUsedNanos = System.nanoTime();

  /** Null when it lies in the store, or is zeros because no step was made. */
  @Nullable StreamState state;

  boolean stored;

  /** Those of calls that are done; any thread may ask. */
  final AtomicLong steps = new AtomicLong();

  PooledSession(String id) {
    this.id = id;
  }
}
