package io.carousel.serve;

import java.util.concurrent.atomic.LongAdder;

/**
 * What a pool has done since it was made, and what it holds now. Reading takes no lock; numbers
 * that belong together may be an instant apart.
 */
public final class PoolMetrics {
  final Histogram latencyNanos = new Histogram();
  final Histogram batchSizes = new Histogram();
  final Histogram waitNanos = new Histogram();
  final LongAdder steps = new LongAdder();
  final LongAdder rejected = new LongAdder();
  final LongAdder failed = new LongAdder();
  final LongAdder evicted = new LongAdder();
  final LongAdder restored = new LongAdder();
  final LongAdder expired = new LongAdder();
  final LongAdder opened = new LongAdder();
  private final PoolScheduler scheduler;

  PoolMetrics(PoolScheduler scheduler) {
    this.scheduler = scheduler;
  }

  /** Nanoseconds from a call of {@code step} to its result, one per call. */
  public Histogram latencyNanos() {
    return latencyNanos;
  }

  /** Nanoseconds that the oldest call of each batch waited for the batch to start. */
  public Histogram waitNanos() {
    return waitNanos;
  }

  /** Sessions in a batch, one per batch. */
  public Histogram batchSizes() {
    return batchSizes;
  }

  /** Steps done. */
  public long steps() {
    return steps.sum();
  }

  /** Calls refused because the pool was full. */
  public long rejected() {
    return rejected.sum();
  }

  /** Calls that were accepted and failed. */
  public long failed() {
    return failed.sum();
  }

  /** How often an idle session was turned to bytes. */
  public long evicted() {
    return evicted.sum();
  }

  /** How often one came back from bytes. */
  public long restored() {
    return restored.sum();
  }

  /** Sessions closed because nobody used them. */
  public long expired() {
    return expired.sum();
  }

  /** Sessions ever opened or resumed. */
  public long opened() {
    return opened.sum();
  }

  /** Sessions that are open. */
  public int openSessions() {
    return scheduler.openSessions();
  }

  /** Sessions whose state lies on the heap. */
  public int residentSessions() {
    return scheduler.residentSessions();
  }

  /** Steps that were accepted and are not done. */
  public long queuedSteps() {
    return scheduler.queuedSteps();
  }
}
