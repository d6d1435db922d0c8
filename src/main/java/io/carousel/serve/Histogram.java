package io.carousel.serve;

import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.LongAdder;

/**
 * Counts of whole numbers, 0 and up, in bins whose width is an eighth of their lower end or less;
 * numbers below 8 have a bin each. Threads record at the same time without a lock, and nothing is
 * allocated.
 */
public final class Histogram {
  private static final int SUB_BITS = 3;
  private static final int BINS = (Long.SIZE - SUB_BITS) << SUB_BITS;

  private final AtomicLongArray bins = new AtomicLongArray(BINS);
  private final LongAdder sum = new LongAdder();

  Histogram() {}

  void record(long value) {
    long counted = Math.max(0, value);
    bins.getAndIncrement(bin(counted));
    sum.add(counted);
  }

  private static int bin(long value) {
    if (value < 1 << SUB_BITS) {
      return (int) value;
    }
    int shift = Long.SIZE - 1 - SUB_BITS - Long.numberOfLeadingZeros(value);
    return (shift << SUB_BITS) + (int) (value >>> shift);
  }

  /** The largest number that falls into a bin. */
  private static long top(int bin) {
    if (bin < 2 << SUB_BITS) {
      return bin;
    }
    int shift = (bin >>> SUB_BITS) - 1;
    long mantissa = bin - ((long) shift << SUB_BITS);
    return ((mantissa + 1) << shift) - 1;
  }

  /** How many numbers were recorded. */
  public long count() {
    return countUpTo(Long.MAX_VALUE);
  }

  /** How many of them are at most as large, up to the width of a bin. */
  public long countUpTo(long limit) {
    long count = 0;
    int last = bin(Math.max(0, limit));
    for (int i = 0; i <= last && i < BINS; i++) {
      count += bins.get(i);
    }
    return count;
  }

  /** The sum of all numbers. */
  public long sum() {
    return sum.sum();
  }

  /**
   * A number that the given share of all numbers does not exceed, an eighth too large at most; 0
   * when there are none.
   *
   * @param share in 0..1, such as 0.99
   */
  public long percentile(double share) {
    if (!(share >= 0 && share <= 1)) {
      throw new IllegalArgumentException("share must lie in 0..1, got " + share);
    }
    long wanted = (long) Math.ceil(share * count());
    long seen = 0;
    int largest = 0;
    for (int i = 0; i < BINS; i++) {
      long here = bins.get(i);
      if (here > 0) {
        largest = i;
        seen += here;
        if (seen >= wanted) {
          break;
        }
      }
    }
    return seen == 0 ? 0 : top(largest);
  }
}
