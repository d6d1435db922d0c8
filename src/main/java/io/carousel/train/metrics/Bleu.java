package io.carousel.train.metrics;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Corpus BLEU (Papineni et al. 2002): the geometric mean of n-gram precisions up to 4, each word
 * counted at most as often as in a reference, times a penalty for brevity. Tokenisation and
 * smoothing ({@code exp}: a precision of zero matches becomes 1/2, then 1/4, … of one match) are
 * sacreBLEU's, and so are the scores.
 *
 * <pre>{@code
 * Bleu bleu = new Bleu(BleuTokenizer.V13A, false);
 * bleu.add("The dog bit the man.", List.of("The dog had bit the man."));
 * double score = bleu.score().bleu(); // 0 to 100
 * }</pre>
 */
public final class Bleu {
  private static final int ORDER = 4;

  private final BleuTokenizer tokenizer;
  private final boolean lowerCase;
  private final long[] matches = new long[ORDER];
  private final long[] totals = new long[ORDER];
  private long hypothesisLength;
  private long referenceLength;

  /**
   * BLEU of a corpus without sentences yet.
   *
   * @param tokenizer of hypotheses and references
   * @param lowerCase whether case does not count
   */
  public Bleu(BleuTokenizer tokenizer, boolean lowerCase) {
    this.tokenizer = tokenizer;
    this.lowerCase = lowerCase;
  }

  /**
   * A score with what it is made of.
   *
   * @param bleu 0 to 100
   * @param precisions of 1- to 4-grams, smoothed, 0 to 100; 0 for an order that no hypothesis is
   *     long enough for
   * @param matches n-grams that a reference has, 1- to 4-grams
   * @param totals n-grams of the hypotheses
   * @param brevityPenalty factor in [0, 1]
   * @param hypothesisLength words of all hypotheses
   * @param referenceLength words of all references, for each sentence the one closest in length
   */
  public record Score(
      double bleu,
      List<Double> precisions,
      List<Long> matches,
      List<Long> totals,
      double brevityPenalty,
      long hypothesisLength,
      long referenceLength) {
    /** As sacreBLEU prints it. */
    @Override
    public String toString() {
      return String.format(
          Locale.ROOT,
          "BLEU = %.2f %.1f/%.1f/%.1f/%.1f (BP = %.3f ratio = %.3f hyp_len = %d ref_len = %d)",
          bleu,
          precisions.get(0),
          precisions.get(1),
          precisions.get(2),
          precisions.get(3),
          brevityPenalty,
          referenceLength == 0 ? 0 : hypothesisLength / (double) referenceLength,
          hypothesisLength,
          referenceLength);
    }
  }

  /**
   * Adds a sentence.
   *
   * @param hypothesis what was translated; may be empty
   * @param references one or more that are right
   * @throws IllegalArgumentException when there is no reference
   */
  public void add(String hypothesis, List<String> references) {
    if (references.isEmpty()) {
      throw new IllegalArgumentException("a sentence needs a reference: '" + hypothesis + "'");
    }
    List<String> words = tokens(hypothesis);
    Map<List<String>, Integer> most = new HashMap<>();
    int closest = -1;
    for (String reference : references) {
      List<String> referenceWords = tokens(reference);
      counts(referenceWords).forEach((gram, count) -> most.merge(gram, count, Math::max));
      closest = closer(words.size(), closest, referenceWords.size());
    }
    counts(words)
        .forEach(
            (gram, count) -> {
              totals[gram.size() - 1] += count;
              matches[gram.size() - 1] += Math.min(count, most.getOrDefault(gram, 0));
            });
    hypothesisLength += words.size();
    referenceLength += closest;
  }

  private List<String> tokens(String sentence) {
    return tokenizer.tokens(lowerCase ? sentence.toLowerCase(Locale.ROOT) : sentence);
  }

  /** The length closer to that of the hypothesis, the shorter one of two as close. */
  private static int closer(int length, int best, int candidate) {
    int difference = Math.abs(length - candidate) - Math.abs(length - best);
    return best < 0 || difference < 0 || (difference == 0 && candidate < best) ? candidate : best;
  }

  private static Map<List<String>, Integer> counts(List<String> words) {
    Map<List<String>, Integer> counts = new HashMap<>();
    for (int from = 0; from < words.size(); from++) {
      for (int to = from + 1; to <= Math.min(from + ORDER, words.size()); to++) {
        counts.merge(words.subList(from, to), 1, Integer::sum);
      }
    }
    return counts;
  }

  /** The score of all sentences so far; 0 where nothing matches, or none is four words long. */
  public Score score() {
    double brevityPenalty = 1;
    if (hypothesisLength < referenceLength) {
      brevityPenalty =
          hypothesisLength == 0 ? 0 : Math.exp(1 - referenceLength / (double) hypothesisLength);
    }
    List<Double> precisions = new ArrayList<>(List.of(0.0, 0.0, 0.0, 0.0));
    double smoothed = 1;
    double logs = 0;
    for (int n = 0; n < ORDER && matches[0] > 0 && totals[n] > 0; n++) {
      if (matches[n] == 0) {
        smoothed *= 2;
      }
      double counted = matches[n] == 0 ? 1 / smoothed : matches[n];
      precisions.set(n, 100 * counted / totals[n]);
      logs += Math.log(precisions.get(n));
    }
    boolean everyOrder = precisions.get(ORDER - 1) > 0;
    return new Score(
        everyOrder ? brevityPenalty * Math.exp(logs / ORDER) : 0,
        List.copyOf(precisions),
        longs(matches),
        longs(totals),
        brevityPenalty,
        hypothesisLength,
        referenceLength);
  }

  private static List<Long> longs(long[] values) {
    List<Long> list = new ArrayList<>();
    for (long value : values) {
      list.add(value);
    }
    return list;
  }
}
