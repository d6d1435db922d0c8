package io.carousel.device;

/**
 * How a device is opened.
 *
 * @param threads host threads that compute, 0 for the device's default
 * @param memoryBudgetBytes most bytes in open buffers, 0 for no limit of ours
 * @param recompute whether training keeps only the states of each time step, and backward computes
 *     gates again from them: less memory, more time, and not the same bits, as sums are made in
 *     another order. Plans that do so say {@code recompute} in {@link RecurrentPlan#kernel}; the
 *     others keep gates as always, and {@link Device#whyNotRecomputed} tells where none does
 */
public record DeviceOptions(int threads, long memoryBudgetBytes, boolean recompute) {
  /** Default threads, no memory limit. */
  public static final DeviceOptions DEFAULT = new DeviceOptions(0, 0, false);

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

  /** Without recomputation. */
  public DeviceOptions(int threads, long memoryBudgetBytes) {
    this(threads, memoryBudgetBytes, false);
  }

  /** The same with another number of threads. */
  public DeviceOptions withThreads(int count) {
    return new DeviceOptions(count, memoryBudgetBytes, recompute);
  }

  /** The same with or without recomputation. */
  public DeviceOptions withRecompute(boolean value) {
    return new DeviceOptions(threads, memoryBudgetBytes, value);
  }
}
