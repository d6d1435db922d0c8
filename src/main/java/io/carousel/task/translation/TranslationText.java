package io.carousel.task.translation;

import io.carousel.data.text.Vocabulary;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;

/**
 * How text becomes ids and ids become text: languages, tokens, vocabularies.
 *
 * @param sourceLanguage such as {@code de}
 * @param targetLanguage such as {@code en}
 * @param sourceUnit tokens of sources
 * @param targetUnit tokens of targets
 * @param lowerCase whether text is lower-cased first
 * @param reverseSource whether sources are read from the end
 * @param sources tokens that the encoder knows
 * @param targets tokens that the decoder says
 */
public record TranslationText(
    String sourceLanguage,
    String targetLanguage,
    TextUnit sourceUnit,
    TextUnit targetUnit,
    boolean lowerCase,
    boolean reverseSource,
    Vocabulary sources,
    Vocabulary targets) {
  /** The first ids of both vocabularies. */
  static final String[] SPECIAL = {Vocabulary.UNKNOWN, Vocabulary.START, Vocabulary.END};

  static final int UNKNOWN = 0;
  static final int START = 1;
  static final int END = 2;

  /** Checks that the vocabularies start with the special tokens. */
  public TranslationText {
    for (Vocabulary vocabulary : List.of(sources, targets)) {
      if (vocabulary.size() < SPECIAL.length
          || !vocabulary.tokens().subList(0, SPECIAL.length).equals(List.of(SPECIAL))) {
        throw new IllegalArgumentException(
            "a vocabulary starts with " + List.of(SPECIAL) + ", this one does not");
      }
    }
  }

  /** A vocabulary of the tokens that come often enough. */
  static Vocabulary vocabulary(
      List<String> sentences, TextUnit unit, boolean lowerCase, int minimumCount) {
    List<String> tokens = new ArrayList<>();
    sentences.forEach(sentence -> tokens.addAll(unit.tokens(cased(sentence, lowerCase))));
    return Vocabulary.of(tokens, minimumCount, 0, SPECIAL);
  }

  private static String cased(String sentence, boolean lowerCase) {
    return lowerCase ? sentence.toLowerCase(Locale.ROOT) : sentence;
  }

  /** The ids that the encoder reads, the end included, so that there is always one. */
  public int[] sourceIds(String sentence) {
    return sources.ids(readTokens(sentence));
  }

  /** The tokens in the order in which the encoder reads them, the end included. */
  List<String> readTokens(String sentence) {
    List<String> tokens = new ArrayList<>(sourceUnit.tokens(cased(sentence, lowerCase)));
    if (reverseSource) {
      Collections.reverse(tokens);
    }
    tokens.add(Vocabulary.END);
    return tokens;
  }

  /** The ids that the decoder says, without start and end. */
  public int[] targetIds(String sentence) {
    return targets.ids(targetUnit.tokens(cased(sentence, lowerCase)));
  }

  /** The tokens of ids that the decoder said. */
  public List<String> targetTokens(int[] ids) {
    List<String> tokens = new ArrayList<>();
    for (int id : ids) {
      tokens.add(targets.token(id));
    }
    return tokens;
  }
}
