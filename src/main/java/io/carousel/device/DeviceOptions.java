package io.carousel.device;

/**
 * How a device is opened.
 *
 * @param threads host threads that compute, 0 for the device's default
 * @param memoryBudgetBytes most bytes in open buffers, 0 for no limit of ours
 */
public record DeviceOptions(int threads, long memoryBudgetBytes) {
  /** Default threads, no memory limit. */
  public static final DeviceOptions DEFAULT = new DeviceOptions(0, 0);

  /** Checks the numbers. */
  public DeviceOptions {
    if (threads < 0 || threads > 1024) {
      throw new IllegalArgumentException("threads must lie in 0..1024, got " + threads);
    }
    if (memoryBudgetBytes < 0) {
      throw new IllegalArgumentException(
          "memory budget must not be negative: " + memoryBudgetBytes);
    }
  }

  /** The same with another number of threads. */
  public DeviceOptions withThreads(int count) {
    return new DeviceOptions(count, memoryBudgetBytes);
  }
}
