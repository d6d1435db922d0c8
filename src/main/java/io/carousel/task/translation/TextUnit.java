package io.carousel.task.translation;

import io.carousel.train.metrics.BleuTokenizer;
import java.util.List;
import java.util.Locale;

/** What a model takes for one token of a text. */
public enum TextUnit {
  /** What stands between white space, for text that is tokenised already. */
  WORDS {
    @Override
    public List<String> tokens(String text) {
      return BleuTokenizer.NONE.tokens(text);
    }
  },
  /** Words and punctuation of plain text, as the tokeniser 13a cuts them. */
  PLAIN {
    @Override
    public List<String> tokens(String text) {
      return BleuTokenizer.V13A.tokens(text);
    }
  },
  /** Characters, blanks included. */
  CHARACTERS {
    @Override
    public List<String> tokens(String text) {
      return text.codePoints().mapToObj(Character::toString).toList();
    }

    @Override
    public String text(List<String> tokens) {
      return String.join("", tokens);
    }
  };

  /** The tokens of a text. */
  public abstract List<String> tokens(String text);

  /** The text of tokens. */
  public String text(List<String> tokens) {
    return String.join(" ", tokens);
  }

  /** In lower case, as files and options say it. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  static TextUnit of(String word) {
    for (TextUnit unit : values()) {
      if (unit.word().equals(word)) {
        return unit;
      }
    }
    throw new IllegalArgumentException("unknown unit of text '" + word + "'");
  }
}
