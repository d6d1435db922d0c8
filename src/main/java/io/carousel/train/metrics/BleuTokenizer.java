package io.carousel.train.metrics;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * How a sentence is cut into words before {@link Bleu} counts them; the names are sacreBLEU's (Post
 * 2018, "A Call for Clarity in Reporting BLEU Scores").
 */
public enum BleuTokenizer {
  /** At white space only, for text that is tokenised already. */
  NONE("none") {
    @Override
    String prepare(String sentence) {
      return sentence;
    }
  },
  /** As NIST's mteval-v13a does, for plain text: sacreBLEU's default. */
  V13A("13a") {
    @Override
    String prepare(String sentence) {
      String line = sentence.replace("<skipped>", "").replace("-\n", "").replace('\n', ' ');
      line = line.replace("&quot;", "\"").replace("&amp;", "&");
      line = line.replace("&lt;", "<").replace("&gt;", ">");
      line = PUNCTUATION.matcher(" " + line + " ").replaceAll(" $1 ");
      line = POINT_AFTER_OTHER.matcher(line).replaceAll("$1 $2 ");
      line = POINT_BEFORE_OTHER.matcher(line).replaceAll(" $1 $2");
      return DASH_AFTER_DIGIT.matcher(line).replaceAll("$1 $2 ");
    }
  };

  /** ASCII punctuation but for apostrophe, comma, dash and point. */
  private static final Pattern PUNCTUATION = Pattern.compile("([{-~\\[-` -&(-+:-@/])");

  private static final Pattern POINT_AFTER_OTHER = Pattern.compile("([^0-9])([.,])");
  private static final Pattern POINT_BEFORE_OTHER = Pattern.compile("([.,])([^0-9])");
  private static final Pattern DASH_AFTER_DIGIT = Pattern.compile("([0-9])(-)");

  /** What Python's str.split takes for white space, which is more than Java's {@code \s}. */
  private static final Pattern SPACE =
      Pattern.compile(
          "[\\t-\\r"
              + "\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]+");

  private final String word;

  BleuTokenizer(String word) {
    this.word = word;
  }

  abstract String prepare(String sentence);

  /** sacreBLEU's name: {@code none} or {@code 13a}. */
  public String word() {
    return word;
  }

  /**
   * The tokenizer of a name.
   *
   * @throws IllegalArgumentException when there is none, with the names that there are
   */
  public static BleuTokenizer of(String word) {
    for (BleuTokenizer tokenizer : values()) {
      if (tokenizer.word.equals(word)) {
        return tokenizer;
      }
    }
    throw new IllegalArgumentException("unknown tokenizer '" + word + "': choose none or 13a");
  }

  /** The words of a sentence; none where it is blank. */
  public List<String> tokens(String sentence) {
    List<String> tokens = new ArrayList<>();
    for (String token : SPACE.split(prepare(sentence), -1)) {
      if (!token.isEmpty()) {
        tokens.add(token);
      }
    }
    return tokens;
  }
}
