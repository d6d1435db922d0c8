package io.carousel.device.cpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.util.Collections;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(120)
class WorkerPoolTest {
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 7})
  void everyForkRunsEveryPartOnce(int threads) {
    try (WorkerPool pool = new WorkerPool(threads)) {
      // plain counters: the join must make the workers' writes visible
      int[] counts = new int[threads * 32];
      int[] expected = new int[threads * 32];
      for (int fork = 0; fork < 20_000; fork++) {
        int parts = 1 + fork % threads;
        pool.run(parts, part -> counts[part * 32]++);
        for (int part = 0; part < parts; part++) {
          expected[part * 32]++;
        }
        if (fork % 100 == 0) {
          assertArrayEquals(expected, counts, "fork " + fork);
        }
        if (fork % 5_000 == 0) {
          sleep(5); // the workers fall asleep and must wake up again
        }
      }
      assertArrayEquals(expected, counts);
    }
  }

  @Test
  void partsRunAtTheSameTime() throws InterruptedException {
    try (WorkerPool pool = new WorkerPool(2)) {
      CountDownLatch both = new CountDownLatch(2);
      Thread caller =
          new Thread(
              () ->
                  pool.run(
                      2,
                      part -> {
                        both.countDown();
                        awaitQuietly(both);
                      }));
      caller.start();
      caller.join(TimeUnit.SECONDS.toMillis(60));
      assertEquals(0, both.getCount(), "one part waited for the other in vain");
    }
  }

  @Test
  void failuresReachTheCallerAndLeaveThePoolUsable() {
    try (WorkerPool pool = new WorkerPool(3)) {
      IllegalStateException first = new IllegalStateException("part 1");
      IllegalArgumentException second = new IllegalArgumentException("part 2");
      AtomicIntegerArray done = new AtomicIntegerArray(3);
      IllegalStateException thrown =
          assertThrows(
              IllegalStateException.class,
              () ->
                  pool.run(
                      3,
                      part -> {
                        done.incrementAndGet(part);
                        if (part == 1) {
                          throw first;
                        }
                        if (part == 2) {
                          throw second;
                        }
                      }));
      assertSame(first, thrown);
      assertSame(second, thrown.getSuppressed()[0]);
      pool.run(3, done::incrementAndGet);
      for (int part = 0; part < 3; part++) {
        assertEquals(2, done.get(part));
      }
      assertThrows(
          StackOverflowError.class,
          () ->
              pool.run(
                  3,
                  part -> {
                    throw new StackOverflowError();
                  }));
    }
  }

  @Test
  void aBusyPoolLetsTheCallerDoAllPartsAlone() {
    try (WorkerPool pool = new WorkerPool(2)) {
      AtomicIntegerArray counts = new AtomicIntegerArray(2);
      pool.run(2, outer -> pool.run(2, counts::incrementAndGet));
      assertEquals(2, counts.get(0));
      assertEquals(2, counts.get(1));
    }
  }

  @Test
  void manyCallersShareOnePool() throws InterruptedException {
    try (WorkerPool pool = new WorkerPool(2)) {
      long[] sums = new long[4];
      Thread[] callers = new Thread[4];
      for (int i = 0; i < callers.length; i++) {
        int caller = i;
        callers[i] =
            new Thread(
                () -> {
                  long[] mine = new long[64];
                  for (int fork = 0; fork < 5_000; fork++) {
                    pool.run(2, part -> mine[part * 32]++);
                  }
                  sums[caller] = mine[0] + mine[32];
                });
        callers[i].start();
      }
      for (Thread caller : callers) {
        caller.join();
      }
      assertArrayEquals(new long[] {10_000, 10_000, 10_000, 10_000}, sums);
    }
  }

  @Test
  void refusesWrongNumbersAndUseAfterClose() {
    assertThrows(IllegalArgumentException.class, () -> new WorkerPool(0));
    WorkerPool pool = new WorkerPool(2);
    assertThrows(IllegalArgumentException.class, () -> pool.run(3, part -> {}));
    assertThrows(IllegalArgumentException.class, () -> pool.run(0, part -> {}));
    pool.close();
    pool.close();
    assertThrows(IllegalStateException.class, () -> pool.run(2, part -> {}));
  }

  @Test
  void workersEndAfterClose() throws InterruptedException {
    Set<Long> others = workerIds(); // of pools that other tests have just closed
    WorkerPool pool = new WorkerPool(3);
    Set<Long> mine = workerIds();
    mine.removeAll(others);
    assertEquals(2, mine.size());
    pool.run(3, part -> {});
    pool.close();
    for (int i = 0; i < 1_000 && !Collections.disjoint(mine, workerIds()); i++) {
      Thread.sleep(5);
    }
    assertTrue(Collections.disjoint(mine, workerIds()), "workers outlive their pool");
  }

  @Test
  void idleWorkersSleep() {
    Set<Long> others = workerIds();
    try (WorkerPool pool = new WorkerPool(2)) {
      pool.run(2, part -> {});
      sleep(100);
      Set<Long> ids = workerIds();
      ids.removeAll(others);
      long before = cpuTime(ids);
      sleep(300);
      assertTrue(cpuTime(ids) - before < 10_000_000, "idle workers use the processor");
    }
  }

  @Test
  void forksAllocateNothing() {
    try (WorkerPool pool = new WorkerPool(2)) {
      WorkerPool.Task task = part -> {};
      for (int i = 0; i < 100; i++) {
        pool.run(2, task);
      }
      long before = THREADS.getCurrentThreadAllocatedBytes();
      for (int i = 0; i < 10_000; i++) {
        pool.run(2, task);
      }
      long bytes = THREADS.getCurrentThreadAllocatedBytes() - before;
      assertTrue(bytes < 10_000, () -> bytes + " bytes in 10,000 forks");
    }
  }

  private static Set<Long> workerIds() {
    Set<Long> ids = new HashSet<>();
    for (ThreadInfo info : THREADS.getThreadInfo(THREADS.getAllThreadIds())) {
      if (info != null && info.getThreadName().startsWith("carousel-cpu-")) {
        ids.add(info.getThreadId());
      }
    }
    return ids;
  }

  private static long cpuTime(Set<Long> ids) {
    return ids.stream().mapToLong(THREADS::getThreadCpuTime).sum();
  }

  private static void sleep(long millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
