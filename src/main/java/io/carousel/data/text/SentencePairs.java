package io.carousel.data.text;

import java.util.List;

/**
 * Sentences and their translations, line by line.
 *
 * @param name where they come from, for people
 * @param source sentences
 * @param target as many
 */
public record SentencePairs(String name, List<String> source, List<String> target) {
  /** Checks that these are pairs. */
  public SentencePairs {
    if (source.size() != target.size()) {
      throw new IllegalArgumentException(
          "%s: %d source lines and %d target lines make no pairs"
              .formatted(name, source.size(), target.size()));
    }
    source = List.copyOf(source);
    target = List.copyOf(target);
  }

  /** Number of pairs. */
  public int size() {
    return source.size();
  }

  /** Some of them in a row. */
  public SentencePairs part(String partName, int from, int to) {
    return new SentencePairs(partName, source.subList(from, to), target.subList(from, to));
  }

  /** The same the other way round. */
  public SentencePairs swapped() {
    return new SentencePairs(name, target, source);
  }
}
