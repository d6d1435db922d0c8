package io.carousel.train.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Expected scores and tokens are those that sacreBLEU publishes or computes. */
class BleuTest {
  private static final List<String> HYPOTHESES =
      List.of("The dog bit the man.", "It wasn't surprising.", "The man had just bitten him.");
  private static final List<List<String>> REFERENCES =
      List.of(
          List.of("The dog bit the man.", "The dog had bit the man."),
          List.of("It was not unexpected.", "No one was surprised."),
          List.of("The man bit him first.", "The man had bitten the dog."));

  private static Bleu.Score score(
      BleuTokenizer tokenizer, boolean lower, List<String> hypotheses, List<List<String>> refs) {
    Bleu bleu = new Bleu(tokenizer, lower);
    for (int i = 0; i < hypotheses.size(); i++) {
      bleu.add(hypotheses.get(i), refs.get(i));
    }
    return bleu.score();
  }

  /** sacreBLEU's test/test_bleu.py, and the README's example. */
  @Test
  void publishedScores() {
    Bleu.Score score = score(BleuTokenizer.V13A, false, HYPOTHESES, REFERENCES);
    assertEquals(48.530827, score.bleu(), 1e-6);
    assertEquals(
        "BLEU = 48.53 82.4/50.0/45.5/37.5 (BP = 0.943 ratio = 0.944 hyp_len = 17 ref_len = 18)",
        score.toString());
    assertEquals(49.1919566, score(BleuTokenizer.NONE, false, HYPOTHESES, REFERENCES).bleu(), 1e-6);
    assertEquals(0, score(BleuTokenizer.V13A, false, List.of("", "", ""), REFERENCES).bleu(), 0);
    // the README's example of a sentence with fewer references than the others
    List<List<String>> fewer =
        List.of(REFERENCES.get(0).subList(1, 2), REFERENCES.get(1), REFERENCES.get(2));
    assertEquals(
        "BLEU = 29.44 82.4/42.9/27.3/12.5 (BP = 0.889 ratio = 0.895 hyp_len = 17 ref_len = 19)",
        score(BleuTokenizer.V13A, false, HYPOTHESES, fewer).toString());
  }

  /** What sacreBLEU 2 computes: short, empty and unmatched sentences, smoothing, case, entities. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '§',
      value = {
        "13a | false | one | one | 0",
        "13a | false | three little words | three little words | 0",
        "none | false | a b c d e | a x c y e | 14.058533129758727",
        "none | false | x y z w | a b c d | 0",
        "none | false | the the the the the | the cat the dog | 12.703318703865365",
        "13a | true | A man, in Rome. | a man in Rome . | 37.99178428257963",
        "13a | false | A man, in Rome. | a man in Rome . | 32.46679154750991",
        "13a | false | &quot;A&amp;B&quot; cost 3.50 -- in 10-20 days"
            + " | \"A&B\" cost 3.50 in 10-20 days | 76.11606003349888",
      })
  void scoresOfOneSentence(
      String tokenizer, boolean lower, String hypothesis, String reference, double expected) {
    Bleu.Score score =
        score(BleuTokenizer.of(tokenizer), lower, List.of(hypothesis), List.of(List.of(reference)));
    assertEquals(expected, score.bleu(), 1e-9);
  }

  @Test
  void sentencesCountTogether() {
    assertEquals(
        24.0785655451027,
        score(
                BleuTokenizer.NONE,
                false,
                List.of("a b c d e", "a b"),
                List.of(List.of("a x c d y"), List.of("a b c")))
            .bleu(),
        1e-9);
    assertEquals(
        "BLEU = 38.50 83.3/60.0/50.0/33.3 (BP = 0.717 ratio = 0.750 hyp_len = 6 ref_len = 8)",
        score(
                BleuTokenizer.NONE,
                false,
                List.of("", "the cat sat on the mat"),
                List.of(List.of("a dog"), List.of("the cat sat on a mat")))
            .toString());
  }

  /** Tokens as sacreBLEU's Tokenizer13a gives them, joined by blanks. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '§',
      value = {
        "Hello, world! It's 3.14 or 1,000.50 -- not 10-20% of $5.00 (five)."
            + " | Hello , world ! It's 3.14 or 1,000.50 -- not 10 - 20 % of $ 5.00 ( five ) .",
        "He said &quot;AT&amp;T &lt;b&gt;&quot; &amp;lt; &apos;x&apos;"
            + " | He said \" AT & T < b > \" < & apos ; x & apos ;",
        "a-b 3-b b-3 3-3 .5 5. ,a a, ..., 1.a a.1"
            + " | a-b 3 - b b-3 3 - 3 . 5 5 . , a a , . . . , 1 . a a . 1",
        "x/y\\z^_`{}~ @#*+;:?=<> | x / y \\ z ^ _ ` { } ~ @ # * + ; : ? = < >",
        "word\u00a0nbsp\u2003em\u3000wide\u0085nel <skipped> | word nbsp em wide nel",
      })
  void wordsOf13a(String sentence, String expected) {
    assertEquals(List.of(expected.split(" ")), BleuTokenizer.V13A.tokens(sentence));
  }

  @Test
  void linesAreJoined() {
    assertEquals(
        List.of("broken", "line", "next"), BleuTokenizer.V13A.tokens("-\nbroken -\n line\nnext"));
    assertEquals(List.of(), BleuTokenizer.NONE.tokens(" \t "));
  }

  @Test
  void aSentenceNeedsAReference() {
    Bleu bleu = new Bleu(BleuTokenizer.NONE, false);
    assertThrows(IllegalArgumentException.class, () -> bleu.add("a", List.of()));
    assertThrows(IllegalArgumentException.class, () -> BleuTokenizer.of("intl"));
  }
}
