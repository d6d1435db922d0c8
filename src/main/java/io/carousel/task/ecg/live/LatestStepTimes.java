package io.carousel.task.ecg.live;

import java.util.Arrays;

/** How long the latest thousand steps took. */
final class LatestStepTimes {
  private static final int KEPT = 1000;

  private final long[] nanoseconds = new long[KEPT];
  private long count;

  void add(long duration) {
    nanoseconds[(int) (count++ % KEPT)] = duration;
  }

  /** The time within which this fraction of the steps was done; NaN before the first. */
  double quantileMicroseconds(double fraction) {
    int held = (int) Math.min(count, KEPT);
    if (held == 0) {
      return Double.NaN;
    }
    long[] sorted = Arrays.copyOf(nanoseconds, held);
    Arrays.sort(sorted);
    int rank = (int) Math.ceil(fraction * held);
    return sorted[Math.max(0, rank - 1)] / 1e3;
  }
}
