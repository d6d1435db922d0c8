package io.carousel.device;

/**
 * A stream of random numbers on the host for one purpose (initial weights, shuffling, sampling),
 * made of {@link Philox} blocks. Its position can be read and set, so that a resumed run goes on
 * with the same numbers. Not thread-safe.
 */
public final class RandomStream {
  private final long key;
  private final int[] words = new int[4];
  private long position;

  /**
   * A stream at its start.
   *
   * @param seed the run's seed
   * @param purpose such as {@code init/lstm.weight_ih_l0} or {@code shuffle}; each has numbers of
   *     its own
   */
  public RandomStream(long seed, String purpose) {
    key = Philox.key(seed, purpose);
  }

  /** How many 32-bit words were drawn. */
  public long position() {
    return position;
  }

  /** Goes to a position. */
  public void seek(long newPosition) {
    position = newPosition;
    if ((position & 3) != 0) {
      fill(position >> 2);
    }
  }

  private void fill(long block) {
    Philox.block(key, (int) block, (int) (block >>> 32), 0, 0, words, 0);
  }

  private int nextWord() {
    int lane = (int) (position & 3);
    if (lane == 0) {
      fill(position >> 2);
    }
    position++;
    return words[lane];
  }

  /** Uniform in [0, 1), 53 bits. */
  public double nextDouble() {
    long high = nextWord() & 0xFFFFFFFFL;
    long low = nextWord() & 0xFFFFFFFFL;
    return ((high << 21) ^ (low >>> 11)) * 0x1p-53;
  }

  /** Uniform in [0, bound), by rejection. */
  public int nextInt(int bound) {
    if (bound <= 0) {
      throw new IllegalArgumentException("bound must be positive, got " + bound);
    }
    long limit = (1L << 32) - (1L << 32) % bound;
    long word;
    do {
      word = nextWord() & 0xFFFFFFFFL;
    } while (word >= limit);
    return (int) (word % bound);
  }

  /**
   * Standard normal, by Box and Muller (1958); the second number is left, so that a position says
   * all.
   */
  public double nextGaussian() {
    double radius = StrictMath.sqrt(-2 * StrictMath.log(1 - nextDouble()));
    return radius * StrictMath.cos(2 * StrictMath.PI * nextDouble());
  }

  /** A permutation of 0..n-1, by Fisher and Yates. */
  public int[] permutation(int n) {
    int[] result = new int[n];
    for (int i = 0; i < n; i++) {
      int j = nextInt(i + 1);
      result[i] = result[j];
      result[j] = i;
    }
    return result;
  }
}
