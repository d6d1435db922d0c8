package io.carousel.data.synthetic;

import io.carousel.data.SequenceBatch;
import io.carousel.data.SequenceDataset;
import io.carousel.device.PackedShape;
import io.carousel.device.RandomStream;

/**
 * The adding problem (Hochreiter and Schmidhuber 1997, experiment 4) as Le, Jaitly and Hinton
 * (2015) pose it: each step has a number drawn evenly from [0, 1) and a marker, which is 1 at two
 * steps, one in either half, and 0 elsewhere. What shall be learned, once for a sequence, is the
 * sum of the two marked numbers. Features {@code [T, N, 2]}, targets {@code [N, 1]}.
 *
 * <p>Who always says 1 has a mean squared error of {@link #CONSTANT_ERROR}: to do better, a network
 * must carry a number over up to T - 1 steps.
 *
 * <p>Example i depends on seed and i only; nothing is kept.
 */
public final class AddingProblem implements SequenceDataset {
  /** The variance of the sum of two numbers drawn from [0, 1), 1/6. */
  public static final double CONSTANT_ERROR = 1.0 / 6;

  private final int steps;
  private final int size;
  private final long seed;

  /**
   * A data set.
   *
   * @param steps T, at least 2
   * @param size number of examples
   * @param seed other seeds give other examples
   */
  public AddingProblem(int steps, int size, long seed) {
    if (steps < 2 || size < 1) {
      throw new IllegalArgumentException(
          "the adding problem needs 2 steps and an example, got %d and %d".formatted(steps, size));
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
    float[] features = new float[Math.multiplyExact(Math.multiplyExact(steps, n), 2)];
    float[] sums = new float[n];
    for (int row = 0; row < n; row++) {
      RandomStream random = Examples.stream(seed, "adding", examples[row], size);
      int half = steps / 2;
      int first = random.nextInt(half);
      int second = half + random.nextInt(steps - half);
      for (int t = 0; t < steps; t++) {
        float value = (float) random.nextDouble();
        boolean marked = t == first || t == second;
        features[(t * n + row) * 2] = value;
        features[(t * n + row) * 2 + 1] = marked ? 1 : 0;
        sums[row] += marked ? value : 0;
      }
    }
    return SequenceBatch.ofFeatures(PackedShape.dense(steps, n), 2, features)
        .withValues(false, 1, sums);
  }
}
