package peers.carousel;

import com.sun.management.OperatingSystemMXBean;
import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import peers.Workload;

/**
 * What one step takes, once everything is warm.
 *
 * @param medianMicros time of a step
 * @param leastMicros time of the fastest step
 * @param processorMicros time that all threads of the process together were running; on a busy
 *     machine and with one thread the best measure
 * @param heapBytesPerTimeStep allocated by the calling thread, divided by T
 * @param deviceAllocations in all steps together
 * @param steps how many there were
 */
record StepCost(
    double medianMicros,
    double leastMicros,
    double processorMicros,
    double heapBytesPerTimeStep,
    long deviceAllocations,
    int steps) {
  private static final int MOST_STEPS = 1 << 20;

  /** Measures for so long, or one step. */
  static StepCost of(CarouselRunner runner, Workload w, double seconds) {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    OperatingSystemMXBean system =
        (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    long thread = Thread.currentThread().getId();
    long[] nanos = new long[MOST_STEPS];
    int steps = 0;
    long allocations = runner.device().allocationCount();
    long processor = system.getProcessCpuTime();
    long bytes = threads.getThreadAllocatedBytes(thread);
    long now = System.nanoTime();
    long end = now + (long) (seconds * 1e9);
    do {
      runner.step();
      long before = now;
      now = System.nanoTime();
      nanos[steps++] = now - before;
    } while (now < end && steps < MOST_STEPS);
    bytes = threads.getThreadAllocatedBytes(thread) - bytes;
    processor = system.getProcessCpuTime() - processor;
    allocations = runner.device().allocationCount() - allocations;
    long[] sorted = Arrays.copyOf(nanos, steps);
    Arrays.sort(sorted);
    return new StepCost(
        sorted[steps / 2] / 1e3,
        sorted[0] / 1e3,
        processor / 1e3 / steps,
        (double) bytes / steps / w.T(),
        allocations,
        steps);
  }

  @Override
  public String toString() {
    return String.format(
        "median %.1f us, best %.1f us, processor time %.1f us; %.0f heap bytes a time step;"
            + " %d device allocations in %d steps",
        medianMicros, leastMicros, processorMicros, heapBytesPerTimeStep, deviceAllocations, steps);
  }
}
