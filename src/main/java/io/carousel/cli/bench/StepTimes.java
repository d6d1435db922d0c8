package io.carousel.cli.bench;

import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** Times of steps between a warm-up and an end, added by any thread. */
final class StepTimes {
  private static final int MOST = 1 << 22;

  private final long[] nanos = new long[MOST];
  private final AtomicInteger count = new AtomicInteger();
  private final long start;
  private final long end;

  /** Starts the clock: half as long of warm-up comes first. */
  StepTimes(double seconds) {
    start = System.nanoTime() + (long) (seconds / 2 * 1e9);
    end = start + (long) (seconds * 1e9);
  }

  /** Whether more steps are wanted. */
  boolean isOpen(long now) {
    return now - end < 0 && count.get() < MOST;
  }

  /** Adds a step; those of the warm-up are not counted. */
  void add(long from, long to) {
    if (from - start >= 0 && to - end <= 0) {
      int place = count.getAndIncrement();
      if (place < MOST) {
        nanos[place] = to - from;
      }
    }
  }

  Durations durations() {
    return Durations.of(List.of(Arrays.copyOf(nanos, Math.min(count.get(), MOST))));
  }

  /** Steps in a second, of a measurement that went to its end. */
  double perSecond() {
    return Math.min(count.get(), MOST) / ((end - start) * 1e-9);
  }
}
