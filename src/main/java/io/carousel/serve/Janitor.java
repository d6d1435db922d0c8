package io.carousel.serve;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A thread of a pool that evicts sessions which were idle for long, and closes forgotten ones. */
final class Janitor implements Runnable {
  private static final Logger LOG = LoggerFactory.getLogger(Janitor.class);
  private static final long SHORTEST_PAUSE_MILLIS = 5;
  private static final long LONGEST_PAUSE_MILLIS = 10_000;

  private final PoolScheduler scheduler;
  private final Residency residency;
  private final PoolMetrics metrics;
  private final CountDownLatch stopped = new CountDownLatch(1);
  private final @Nullable Duration idleAfter;
  private final @Nullable Duration expireAfter;

  Janitor(
      PoolSettings settings, PoolScheduler scheduler, Residency residency, PoolMetrics metrics) {
    this.scheduler = scheduler;
    this.residency = residency;
    this.metrics = metrics;
    idleAfter = settings.idleAfter();
    expireAfter = settings.expireAfter();
  }

  /** Whether there is anything to do. */
  static boolean isNeeded(PoolSettings settings) {
    return settings.idleAfter() != null || settings.expireAfter() != null;
  }

  /** Ends the thread soon. */
  void stop() {
    stopped.countDown();
  }

  @Override
  public void run() {
    long pause = Math.min(pause(idleAfter), pause(expireAfter));
    try {
      while (!stopped.await(pause, TimeUnit.MILLISECONDS)) {
        try {
          tidyUp();
        } catch (Throwable e) { // also want of heap: the next time comes all the same
          LOG.error("looking for idle sessions failed", e);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // nobody does; it would end the thread
    }
  }

  private static long pause(@Nullable Duration age) {
    long quarter = age == null ? LONGEST_PAUSE_MILLIS : age.toMillis() / 4;
    return Math.max(SHORTEST_PAUSE_MILLIS, Math.min(LONGEST_PAUSE_MILLIS, quarter));
  }

  private void tidyUp() {
    long now = System.nanoTime();
    for (PooledSession session : scheduler.sessions()) {
      if (expireAfter != null && scheduler.takeIdle(session, now - expireAfter.toNanos(), false)) {
        metrics.expired.increment();
        scheduler.close(session);
        residency.putBack(session, false); // which drops it
      } else if (idleAfter != null
          && scheduler.takeIdle(session, now - idleAfter.toNanos(), true)) {
        residency.evict(session);
      }
    }
  }
}
