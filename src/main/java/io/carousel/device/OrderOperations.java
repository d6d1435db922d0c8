package io.carousel.device;

import org.jspecify.annotations.Nullable;

/**
 * Order among queues, and work that is recorded once and enqueued many times. Where a device does
 * its work at once there is one queue and nothing to record; the defaults here say so.
 */
public interface OrderOperations {
  /**
   * The queue for work that is independent of what goes into this one: a second queue of the same
   * holder, or this one where the device has no second. It belongs to this queue, which closes it.
   * What it uses must not be lent to anybody else before this queue {@linkplain #await awaited} it.
   */
  Queue beside();

  /**
   * The queue for work that may wait for that of this queue and of all those beside it, where the
   * device has no room for both at once; otherwise as {@link #beside}, and the same queue as that
   * where the device has no other.
   */
  default Queue background() {
    return beside();
  }

  /**
   * Work enqueued here from now on starts when all that was enqueued on {@code other} so far has
   * ended. Does nothing when {@code other} is this queue.
   */
  default void await(Queue other) {
    if (other != this) {
      throw new IllegalArgumentException("another device's queue cannot be awaited");
    }
  }

  /** Why this queue does not record work, or null when it does. */
  default @Nullable String whyNotRecorded() {
    return "this device does its work at once";
  }

  /**
   * Enqueues nothing, but records what {@code work} enqueues on this queue, and on those {@link
   * #beside} it and in its {@link #background} as far as they awaited this one and are awaited at
   * the end. Operands keep their addresses. Host transfers, {@link Queue#synchronize}, opening
   * queues and recording within are refused.
   *
   * @throws IllegalStateException where {@link #whyNotRecorded} is not null
   */
  default RecordedWork record(Runnable work) {
    throw new IllegalStateException(whyNotRecorded());
  }
}
