package io.carousel.data.text;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/** What a token of running text is. */
public enum TextUnit {
  /** A Unicode code point; line ends are characters like any other. */
  CHAR {
    @Override
    public Iterable<String> tokens(String text) {
      return () -> new Characters(text);
    }

    @Override
    public String piece(@Nullable String before, String token) {
      return token;
    }
  },
  /**
   * What stands between white space. Each line, an empty one too, ends with {@link Vocabulary#END},
   * as the Penn Treebank of language models is read.
   */
  WORD {
    @Override
    public Iterable<String> tokens(String text) {
      List<String> tokens = new ArrayList<>();
      text.lines()
          .forEach(
              line -> {
                String words = line.strip();
                if (!words.isEmpty()) {
                  tokens.addAll(List.of(words.split("\\s+")));
                }
                tokens.add(Vocabulary.END);
              });
      return tokens;
    }

    @Override
    public String piece(@Nullable String before, String token) {
      if (token.equals(Vocabulary.END)) {
        return "\n";
      }
      return before == null || before.equals(Vocabulary.END) ? token : " " + token;
    }
  };

  /** Cuts a text into tokens. */
  public abstract Iterable<String> tokens(String text);

  /**
   * What a token adds to a text.
   *
   * @param before the token before it, null at the start of the text
   */
  public abstract String piece(@Nullable String before, String token);

  /** The text of tokens, as far as they tell. */
  public final String join(List<String> tokens) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < tokens.size(); i++) {
      text.append(piece(i == 0 ? null : tokens.get(i - 1), tokens.get(i)));
    }
    return text.toString();
  }

  /** Walks over code points, so that a text of millions of characters is no list of them. */
  private static final class Characters implements Iterator<String> {
    private final String text;
    private int next;

    Characters(String text) {
      this.text = text;
    }

    @Override
    public boolean hasNext() {
      return next < text.length();
    }

    @Override
    public String next() {
      if (!hasNext()) {
        throw new NoSuchElementException();
      }
      int start = next;
      next = text.offsetByCodePoints(next, 1);
      return text.substring(start, next);
    }
  }
}
