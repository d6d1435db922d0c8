package io.carousel.data.text;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Tokens (words or characters) and their ids, 0 up. Immutable. Special tokens, such as {@link
 * #UNKNOWN}, come first; where {@link #UNKNOWN} is among them it stands for every other token.
 */
public final class Vocabulary {
  /** Stands for tokens that are not in the vocabulary. */
  public static final String UNKNOWN = "<unk>";

  /** Fills up the ends of short sequences. */
  public static final String PADDING = "<pad>";

  /** Starts a sequence that is generated. */
  public static final String START = "<s>";

  /** Ends a sentence. */
  public static final String END = "</s>";

  private final List<String> tokens;
  private final Map<String, Integer> ids = new HashMap<>();

  /**
   * A vocabulary of given tokens, such as one out of a file.
   *
   * @param tokens by id, special ones included
   * @throws IllegalArgumentException when one comes twice, or there are none
   */
  public Vocabulary(List<String> tokens) {
    this.tokens = List.copyOf(tokens);
    if (tokens.isEmpty()) {
      throw new IllegalArgumentException("a vocabulary needs a token");
    }
    for (int id = 0; id < tokens.size(); id++) {
      Integer before = ids.put(tokens.get(id), id);
      if (before != null) {
        throw new IllegalArgumentException(
            "token '%s' has the ids %d and %d".formatted(tokens.get(id), before, id));
      }
    }
  }

  /**
   * The tokens of a text, the most frequent ones first, ties in the order of their characters.
   *
   * @param text all tokens, as often as they come
   * @param minimumCount how often a token must come
   * @param maximumSize most ids, special ones included; 0 for no bound
   * @param special tokens that get the first ids, whether they come or not
   */
  public static Vocabulary of(
      Iterable<String> text, int minimumCount, int maximumSize, String... special) {
    Map<String, Integer> counts = new TreeMap<>();
    text.forEach(token -> counts.merge(token, 1, Integer::sum));
    Arrays.asList(special).forEach(counts::remove);
    List<Map.Entry<String, Integer>> sorted = new ArrayList<>(counts.entrySet());
    sorted.sort(Map.Entry.comparingByValue(Comparator.reverseOrder())); // stable
    List<String> tokens = new ArrayList<>(Arrays.asList(special));
    for (Map.Entry<String, Integer> entry : sorted) {
      boolean full = maximumSize > 0 && tokens.size() >= maximumSize;
      if (full || entry.getValue() < minimumCount) {
        break;
      }
      tokens.add(entry.getKey());
    }
    return new Vocabulary(tokens);
  }

  /** Number of ids. */
  public int size() {
    return tokens.size();
  }

  /** All tokens by id. */
  public List<String> tokens() {
    return tokens;
  }

  /** Whether a token has an id of its own. */
  public boolean contains(String token) {
    return ids.containsKey(token);
  }

  /**
   * The id of a token.
   *
   * @throws IllegalArgumentException when the vocabulary has neither the token nor {@link #UNKNOWN}
   */
  public int id(String token) {
    Integer id = ids.get(token);
    if (id == null) {
      id = ids.get(UNKNOWN);
    }
    if (id == null) {
      throw new IllegalArgumentException("'" + token + "' is not in the vocabulary");
    }
    return id;
  }

  /** The ids of tokens; see {@link #id}. */
  public int[] ids(List<String> text) {
    return text.stream().mapToInt(this::id).toArray();
  }

  /**
   * The token of an id.
   *
   * @throws IndexOutOfBoundsException when there is no such id
   */
  public String token(int id) {
    return tokens.get(id);
  }
}
