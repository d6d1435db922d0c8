package io.carousel.cli.bench;

import io.carousel.device.Device;
import java.util.Arrays;

/** Times a case: warm-up, then steps one by one until the time is used up. */
public final class Benchmark {
  private static final int FEWEST_WARM_UP_STEPS = 3;
  private static final int FEWEST_STEPS = 5;
  private static final int MOST_STEPS = 1 << 20;

  private Benchmark() {}

  /**
   * Measures.
   *
   * @param what the case
   * @param device where it runs
   * @param seconds to measure for, after half as many of warm-up
   */
  public static BenchResult run(BenchCase what, Device device, double seconds) {
    try (Workload workload = Workload.of(what, device)) {
      warmUp(workload, seconds / 2);
      HeapMeter heap = new HeapMeter();
      heap.bytes(); // its own first use is not the workload's
      long[] nanos = new long[MOST_STEPS];
      long[] hostNanos = new long[MOST_STEPS];
      long allocationsBefore = device.allocationCount();
      long heapBefore = heap.bytes();
      int steps = measure(workload, seconds, nanos, hostNanos);
      long heapBytes = heap.bytes() - heapBefore;
      long allocations = device.allocationCount() - allocationsBefore;
      return new BenchResult(
          Durations.of(Arrays.copyOf(nanos, steps)),
          Durations.of(Arrays.copyOf(hostNanos, steps)),
          workload.layer.kernel(),
          workload.layer.launch(),
          workload.layer.whyNotFused(),
          device.allocatedBytes(),
          allocations,
          heapBytes / ((double) steps * what.shape().steps()));
    }
  }

  private static void warmUp(Workload workload, double seconds) {
    long end = System.nanoTime() + (long) (seconds * 1e9);
    for (int i = 0; i < FEWEST_WARM_UP_STEPS || System.nanoTime() < end; i++) {
      workload.enqueue();
      workload.finish();
    }
  }

  private static int measure(Workload workload, double seconds, long[] nanos, long[] hostNanos) {
    long start = System.nanoTime();
    long end = start + (long) (seconds * 1e9);
    int steps = 0;
    while (steps < FEWEST_STEPS || (start < end && steps < nanos.length)) {
      workload.enqueue();
      hostNanos[steps] = System.nanoTime() - start;
      workload.finish();
      long now = System.nanoTime();
      nanos[steps++] = now - start;
      start = now;
    }
    return steps;
  }
}
