package io.carousel.task.language;

import io.carousel.device.RandomStream;
import java.util.stream.IntStream;

/**
 * How text is drawn from a language model.
 *
 * @param length tokens to draw
 * @param temperature logits are divided by it: below 1 likely tokens become likelier, 0 takes the
 *     likeliest one each time
 * @param topK only the k likeliest tokens are drawn from, ties to the lower id; 0 for all
 * @param seed of the drawing
 */
public record Sampling(int length, double temperature, int topK, long seed) {
  /** Checks the numbers. */
  public Sampling {
    if (length < 0 || topK < 0) {
      throw new IllegalArgumentException(
          "length %d and top-k %d must not be negative".formatted(length, topK));
    }
    if (!(temperature >= 0 && temperature < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          "temperature must be finite and not negative, got " + temperature);
    }
  }

  /** So many tokens as the model would have them: temperature 1, none left out. */
  public static Sampling of(int length, long seed) {
    return new Sampling(length, 1, 0, seed);
  }

  /** The same at another temperature. */
  public Sampling withTemperature(double value) {
    return new Sampling(length, value, topK, seed);
  }

  /** The same from the k likeliest tokens. */
  public Sampling withTopK(int k) {
    return new Sampling(length, temperature, k, seed);
  }

  /** The numbers that tokens are drawn with, one for each. */
  RandomStream random() {
    return new RandomStream(seed, "sampling");
  }

  /**
   * Draws one token.
   *
   * @param logits one per token; negative infinity for those that must not come
   * @param random takes one number, also where it does not matter
   */
  int draw(double[] logits, RandomStream random) {
    double number = random.nextDouble();
    int k = temperature == 0 ? 1 : topK == 0 ? logits.length : Math.min(topK, logits.length);
    int[] candidates = likeliest(logits, k);
    if (k == 1) {
      return candidates[0];
    }
    double largest = logits[candidates[0]];
    double[] weights = new double[k];
    double sum = 0;
    for (int i = 0; i < k; i++) {
      weights[i] = Math.exp((logits[candidates[i]] - largest) / temperature);
      sum += weights[i];
    }
    double rest = number * sum;
    for (int i = 0; i < k; i++) {
      rest -= weights[i];
      if (rest < 0) {
        return candidates[i];
      }
    }
    return candidates[0]; // rounding left a rest
  }

  /** The k largest, largest first. */
  private static int[] likeliest(double[] logits, int k) {
    return IntStream.range(0, logits.length)
        .boxed()
        .sorted((a, b) -> Double.compare(logits[b], logits[a])) // stable
        .limit(k)
        .mapToInt(Integer::intValue)
        .toArray();
  }
}
