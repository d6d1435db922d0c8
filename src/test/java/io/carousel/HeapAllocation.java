package io.carousel;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;

/** Bytes of heap that code allocates once it is warm, by the caller and the devices' threads. */
public final class HeapAllocation {
  private static final int STEPS = 10_000;

  /** The first ones warm up: the virtual machine allocates some bytes when it compiles a loop. */
  private static final int ROUNDS = 6;

  private HeapAllocation() {}

  /** The least that ten thousand calls allocate, of a few rounds. */
  public static long least(Runnable step) {
    long[] workers = workers();
    long least = Long.MAX_VALUE;
    for (int round = 0; round < ROUNDS && least > 0; round++) {
      least = Math.min(least, allocatedBy(step, workers));
    }
    return least;
  }

  private static long allocatedBy(Runnable step, long[] workers) {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long before = allocatedBytes(threads, workers);
    long own = threads.getCurrentThreadAllocatedBytes();
    for (int i = 0; i < STEPS; i++) {
      step.run();
    }
    own = threads.getCurrentThreadAllocatedBytes() - own;
    return own + allocatedBytes(threads, workers) - before;
  }

  private static long[] workers() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().startsWith("carousel-"))
        .mapToLong(Thread::getId)
        .toArray();
  }

  private static long allocatedBytes(ThreadMXBean threads, long[] ids) {
    long sum = 0;
    for (long id : ids) {
      sum += threads.getThreadAllocatedBytes(id);
    }
    return sum;
  }
}
