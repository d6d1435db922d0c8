package io.carousel.serve;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** When a batch starts, beside sessions that are taken and closed. */
@Timeout(value = 20, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class PoolSchedulerTest {
  private final PoolScheduler scheduler =
      new PoolScheduler(
          new PoolSettings(
              1, 64, Duration.ofDays(1), 100, 100, 100, null, null, SessionStore.inMemory()));

  private PooledSession open(String id) {
    PooledSession session = new PooledSession(id);
    scheduler.open(session);
    return session;
  }

  /** A worker that waits, because not all open sessions do. */
  private CompletableFuture<List<PooledSession>> waitingWorker(PooledSession session)
      throws InterruptedException {
    scheduler.submit(session.id, new Job.Steps(new float[1], null, 1, 1, null));
    CompletableFuture<List<PooledSession>> batch = new CompletableFuture<>();
    Thread worker = new Thread(() -> batch.complete(scheduler.take()), "worker");
    worker.setDaemon(true);
    worker.start();
    while (worker.getState() != Thread.State.TIMED_WAITING) {
      Thread.sleep(1);
    }
    return batch;
  }

  private void take(PooledSession session) {
    assertTrue(scheduler.takeIdle(session, System.nanoTime(), false));
  }

  /** As a session that expires, or is closed while it is evicted. */
  @Test
  void closingATakenSessionLetsTheOthersStart() throws Exception {
    PooledSession idle = open("idle");
    PooledSession waiting = open("waiting");
    CompletableFuture<List<PooledSession>> batch = waitingWorker(waiting);
    take(idle);
    assertNull(scheduler.close(idle), "the one who has it drops it");
    assertEquals(List.of(waiting), batch.get(10, TimeUnit.SECONDS));
    assertTrue(scheduler.putBack(idle, false));
  }

  /** Who has it may still answer. */
  @Test
  void aTakenSessionIsOverWhenItIsPutBack() {
    PooledSession taken = open("taken");
    PooledSession idle = open("idle");
    assertFalse(scheduler.isOver("taken"));
    take(taken);
    scheduler.close(taken);
    scheduler.close(idle);
    assertFalse(scheduler.isOpen("taken"));
    assertFalse(scheduler.isOver("taken"));
    assertTrue(scheduler.isOver("idle"));
    scheduler.putBack(taken, false);
    assertTrue(scheduler.isOver("taken"));
  }

  /** One that is closed is not among those that wait. */
  @Test
  void closingATakenSessionStartsNothingWhileAnotherIsIdle() throws Exception {
    PooledSession taken = open("taken");
    PooledSession waiting = open("waiting");
    PooledSession idle = open("idle");
    CompletableFuture<List<PooledSession>> batch = waitingWorker(waiting);
    take(taken);
    scheduler.close(taken);
    assertFalse(scheduler.mayStart());
    assertTrue(scheduler.putBack(taken, false));
    assertFalse(scheduler.mayStart());
    scheduler.close(idle);
    assertEquals(List.of(waiting), batch.get(10, TimeUnit.SECONDS));
  }
}
