package io.carousel.device;

import org.jspecify.annotations.Nullable;

/**
 * Hardware that holds numbers and computes on them. A device is thread-safe: it owns memory,
 * properties and immutable data. Work is done by its {@linkplain Queue queues}.
 */
public interface Device extends AutoCloseable {
  /** The name under which {@link Devices#open} finds it, such as {@code cpu} or {@code cuda:0}. */
  String name();

  /** One line for people: hardware, library, threads. */
  String description();

  /**
   * The type of real numbers on this device: {@code F64} on {@code reference}, {@code F32}
   * elsewhere.
   */
  ElementType realType();

  /** Number of host threads that compute. Together with the seed it fixes every bit of a result. */
  int threads();

  /** Whether recurrent products can be had in that precision or a better one. */
  boolean supports(Precision precision);

  /**
   * The type in which operands of products of that precision are stored: the real type, or a 16-bit
   * one where the device multiplies such. Gates, their gradients and the states that are multiplied
   * have it; everything else stays real.
   */
  default ElementType operandType(Precision precision) {
    return realType();
  }

  /**
   * Allocates zeroed memory.
   *
   * @param type element type
   * @param size number of elements
   * @param owner named in leak reports and out-of-memory messages
   * @throws DeviceOutOfMemoryException when the memory or the budget is used up
   */
  DeviceBuffer allocate(ElementType type, long size, String owner);

  /** {@link #openQueue(Products)} with the fastest products. */
  default Queue openQueue() {
    return openQueue(Products.FASTEST);
  }

  /**
   * Opens a queue, held by the calling thread until another one calls {@link Queue#adopt}.
   *
   * @param products how it computes matrix products, also on the queues beside it
   */
  Queue openQueue(Products products);

  /** Bytes in open buffers now. */
  long allocatedBytes();

  /** The largest value that {@link #allocatedBytes} ever had. */
  long peakAllocatedBytes();

  /** Number of allocations so far. Steady-state training does not raise it. */
  long allocationCount();

  /**
   * Why this device has no plan of its own, faster than the stepwise one, for a stack, or null when
   * it has.
   *
   * @param spec the stack
   * @param capacity the batches it shall hold
   */
  default @Nullable String whyNotFused(RecurrentSpec spec, PlanCapacity capacity) {
    return "device " + name() + " has no fused plans";
  }

  /** The device's own plan for a stack, where {@link #whyNotFused} is null. */
  default RecurrentPlan fusedPlan(RecurrentSpec spec, PlanCapacity capacity) {
    throw new UnsupportedOperationException(whyNotFused(spec, capacity));
  }

  /**
   * Why backward computes no gates again on this device, or null where plans of its own do that
   * ({@link DeviceOptions#recompute}), and so make other bits.
   */
  default @Nullable String whyNotRecomputed() {
    return "device "
        + name()
        + " keeps all gates; persistent plans of a GPU can compute them again";
  }

  /**
   * Gives everything back.
   *
   * @throws IllegalStateException when buffers are still open, with a list of them (allocation
   *     stacks with {@code -Dcarousel.leaks=full}); the device is closed all the same
   */
  @Override
  void close();
}
