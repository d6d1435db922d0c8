package io.carousel.task.language;

import io.carousel.data.text.TextUnit;
import io.carousel.data.text.Vocabulary;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.IntStream;

/** Where in a text a model is unsure: nats by token, by place, and the greatest surprises. */
final class TokenCosts {
  private static final int CONTEXT = 40;

  private final TextUnit unit;
  private final List<String> tokens = new ArrayList<>();
  private final double[] nats;

  /** The score of a text with that text; token i + 1 cost {@code nats[i]}. */
  TokenCosts(TextUnit unit, String text, TextScore score) {
    this.unit = unit;
    unit.tokens(text).forEach(tokens::add);
    nats = score.nats();
  }

  /**
   * What one token cost in all places together.
   *
   * @param token as it is shown
   * @param count how often it came
   * @param mean nats
   * @param share of all nats of the text, in percent
   */
  record Cost(String token, int count, double mean, double share) {}

  /** The tokens that cost most in all, largest share first. */
  List<Cost> dearest(int atMost) {
    TreeMap<String, double[]> sums = new TreeMap<>();
    double all = 0;
    for (int i = 0; i < nats.length; i++) {
      double[] sum = sums.computeIfAbsent(tokens.get(i + 1), t -> new double[2]);
      sum[0]++;
      sum[1] += nats[i];
      all += nats[i];
    }
    double total = all;
    return sums.entrySet().stream()
        .map(
            e ->
                new Cost(
                    shown(e.getKey()),
                    (int) e.getValue()[0],
                    e.getValue()[1] / e.getValue()[0],
                    100 * e.getValue()[1] / total))
        .sorted(Comparator.comparingDouble(Cost::share).reversed())
        .limit(atMost)
        .toList();
  }

  /**
   * One place of a text.
   *
   * @param nats that the token cost there
   * @param context what the model had read before
   * @param token that came
   */
  record Surprise(double nats, String context, String token) {}

  /** The places that cost most; of equal tokens only the first such place. */
  List<Surprise> greatest(int atMost) {
    List<Surprise> greatest = new ArrayList<>();
    List<String> seen = new ArrayList<>();
    int[] order =
        IntStream.range(0, nats.length)
            .boxed()
            .sorted(Comparator.comparingDouble((Integer i) -> nats[i]).reversed())
            .mapToInt(Integer::intValue)
            .toArray();
    for (int i : order) {
      String token = tokens.get(i + 1);
      if (greatest.size() < atMost && !seen.contains(token)) {
        seen.add(token);
        int from = Math.max(0, i + 1 - CONTEXT);
        String before = unit.join(tokens.subList(from, i + 1));
        String tail = before.substring(Math.max(0, before.length() - CONTEXT));
        greatest.add(new Surprise(nats[i], tail.replaceAll("\\R", " ⏎ "), shown(token)));
      }
    }
    return greatest;
  }

  /**
   * Mean nats by place, from 1: of a letter in its word, or of a word in its line.
   *
   * @return up to {@code atMost} means; NaN where there is no such place
   */
  double[] byPlace(int atMost) {
    double[] sums = new double[atMost];
    int[] counts = new int[atMost];
    int place = 0;
    for (int i = 0; i < tokens.size(); i++) {
      place = inside(tokens.get(i)) ? place + 1 : 0;
      if (i > 0 && place > 0 && place <= atMost) {
        sums[place - 1] += nats[i - 1];
        counts[place - 1]++;
      }
    }
    return IntStream.range(0, atMost).mapToDouble(p -> sums[p] / counts[p]).toArray();
  }

  private boolean inside(String token) {
    return unit == TextUnit.CHAR
        ? Character.isLetter(token.codePointAt(0))
        : !token.equals(Vocabulary.END);
  }

  /** The tokens from the second one on, as they are shown, and what each cost. */
  List<Surprise> beginning(int atMost) {
    return IntStream.range(0, Math.min(atMost, nats.length))
        .mapToObj(i -> new Surprise(nats[i], "", shown(tokens.get(i + 1))))
        .toList();
  }

  /** White space made visible. */
  static String shown(String token) {
    return switch (token) {
      case " " -> "␣";
      case "\n", Vocabulary.END -> "⏎";
      case "\t" -> "⇥";
      case "\r" -> "␍";
      default -> token;
    };
  }
}
