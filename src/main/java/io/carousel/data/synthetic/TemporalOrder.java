package io.carousel.data.synthetic;

import io.carousel.data.SequenceBatch;
import io.carousel.data.SequenceDataset;
import io.carousel.device.PackedShape;
import io.carousel.device.RandomStream;

/**
 * The temporal order problem (Hochreiter and Schmidhuber 1997, experiment 6a) as Pascanu, Mikolov
 * and Bengio (2013, section 4.1) pose it: T symbols, of which all but two are drawn from c, d, e,
 * f; one in [T/10, 2T/10) and one in [4T/10, 5T/10) are drawn from A and B. What shall be learned,
 * once for a sequence, is which two came, in order: AA, AB, BA, BB are classes 0 to 3. Features
 * {@code [T, N, 6]} have a 1 at the symbol, A and B first; who guesses is right once in four.
 *
 * <p>Example i depends on seed and i only; nothing is kept.
 */
public final class TemporalOrder implements SequenceDataset {
  /** Number of symbols. */
  public static final int SYMBOLS = 6;

  /** Number of classes. */
  public static final int CLASSES = 4;

  private final int steps;
  private final int size;
  private final long seed;

  /**
   * A data set.
   *
   * @param steps T, at least 10
   * @param size number of examples
   * @param seed other seeds give other examples
   */
  public TemporalOrder(int steps, int size, long seed) {
    if (steps < 10 || size < 1) {
      throw new IllegalArgumentException(
          "temporal order needs 10 steps and an example, got %d and %d".formatted(steps, size));
    }
    this.steps = steps;
    this.size = size;
    this.seed = seed;
  }

  @Override
  public int size() {
    return size;
  }

  @Override
  public SequenceBatch batch(int[] examples) {
    int n = examples.length;
    float[] features = new float[Math.multiplyExact(Math.multiplyExact(steps, n), SYMBOLS)];
    int[] classes = new int[n];
    for (int row = 0; row < n; row++) {
      RandomStream random = Examples.stream(seed, "temporal order", examples[row], size);
      int first = within(random, steps / 10, 2 * steps / 10);
      int second = within(random, 4 * steps / 10, 5 * steps / 10);
      for (int t = 0; t < steps; t++) {
        boolean tells = t == first || t == second;
        int symbol = tells ? random.nextInt(2) : 2 + random.nextInt(SYMBOLS - 2);
        features[(t * n + row) * SYMBOLS + symbol] = 1;
        classes[row] = tells ? 2 * classes[row] + symbol : classes[row];
      }
    }
    return SequenceBatch.ofFeatures(PackedShape.dense(steps, n), SYMBOLS, features)
        .withLabels(false, classes);
  }

  private static int within(RandomStream random, int from, int to) {
    return from + random.nextInt(to - from);
  }
}
