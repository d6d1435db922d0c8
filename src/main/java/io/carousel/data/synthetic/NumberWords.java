package io.carousel.data.synthetic;

import io.carousel.data.text.SentencePairs;
import io.carousel.device.RandomStream;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Numbers in English words and in digits: {@code four hundred two thousand nineteen} and {@code
 * 402019}.
 */
public final class NumberWords {
  private static final int BOUND = 1_000_000;
  private static final String[] SMALL =
      ("zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen"
              + " fifteen sixteen seventeen eighteen nineteen")
          .split(" ");
  private static final String[] TENS =
      "twenty thirty forty fifty sixty seventy eighty ninety".split(" ");

  private NumberWords() {}

  /**
   * Different numbers below a million. Each draw is as likely to be from below 10 as from below a
   * million, but what came before is drawn anew: of many, the later ones are nearly all large.
   *
   * @param count of pairs
   * @param seed decides which
   * @return words as source, digits as target
   */
  public static SentencePairs pairs(int count, long seed) {
    if (count < 0 || count > BOUND / 10) {
      throw new IllegalArgumentException(
          "count must lie in 0..%d, got %d".formatted(BOUND / 10, count));
    }
    RandomStream random = new RandomStream(seed, "numbers");
    Set<Integer> numbers = new LinkedHashSet<>();
    while (numbers.size() < count) {
      int digits = 1 + random.nextInt(6);
      numbers.add(random.nextInt((int) Math.pow(10, digits)));
    }
    List<String> words = new ArrayList<>();
    List<String> digits = new ArrayList<>();
    for (int number : numbers) {
      words.add(words(number));
      digits.add(Integer.toString(number));
    }
    return new SentencePairs("numbers", words, digits);
  }

  /** A number from 0 to 999,999 in words. */
  public static String words(int number) {
    if (number < 0 || number >= BOUND) {
      throw new IllegalArgumentException("number must lie in 0..999999, got " + number);
    }
    if (number < 20) {
      return SMALL[number];
    }
    if (number < 100) {
      return joined(TENS[number / 10 - 2], number % 10);
    }
    if (number < 1000) {
      return joined(SMALL[number / 100] + " hundred", number % 100);
    }
    return joined(words(number / 1000) + " thousand", number % 1000);
  }

  private static String joined(String head, int rest) {
    return rest == 0 ? head : head + " " + words(rest);
  }
}
