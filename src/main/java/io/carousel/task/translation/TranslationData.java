package io.carousel.task.translation;

import io.carousel.data.Sha256;
import io.carousel.data.synthetic.DateTexts;
import io.carousel.data.synthetic.NumberWords;
import io.carousel.data.text.ParallelCorpus;
import io.carousel.data.text.SentencePairs;
import io.carousel.train.metrics.BleuTokenizer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * Sentences and translations to learn from, to watch, and to judge by.
 *
 * @param name of the data, for people
 * @param sourceLanguage such as {@code de}
 * @param targetLanguage such as {@code en}
 * @param sourceUnit tokens of sources
 * @param targetUnit tokens of targets
 * @param lowerCase whether case is left out
 * @param train to learn from
 * @param validation to watch while learning
 * @param test to judge by
 */
public record TranslationData(
    String name,
    String sourceLanguage,
    String targetLanguage,
    TextUnit sourceUnit,
    TextUnit targetUnit,
    boolean lowerCase,
    SentencePairs train,
    SentencePairs validation,
    SentencePairs test) {
  /** Between part and language in the names of Multi30k's lower-cased tokenised files. */
  private static final String TOKENISED = ".lc.norm.tok";

  private static final int SYNTHETIC_TRAIN = 20_000;
  private static final int SYNTHETIC_HELD_OUT = 1_000;

  /**
   * A parallel corpus in a folder.
   *
   * @param folder with the files of {@link ParallelCorpus}
   * @param source language, as in the files' names
   * @param target language
   * @param plain whether to read plain text ({@code train.de}), which is cut by the tokeniser 13a
   *     and keeps its case, in place of lower-cased tokenised files ({@code train.lc.norm.tok.de})
   * @throws IOException when a file is missing or broken; it is named
   */
  public static TranslationData read(Path folder, String source, String target, boolean plain)
      throws IOException {
    ParallelCorpus corpus = new ParallelCorpus(folder, plain ? "" : TOKENISED, source, target);
    TextUnit unit = plain ? TextUnit.PLAIN : TextUnit.WORDS;
    return new TranslationData(
        folder.getFileName() + " " + source + "→" + target,
        source,
        target,
        unit,
        unit,
        !plain,
        corpus.read(ParallelCorpus.Part.TRAIN),
        corpus.read(ParallelCorpus.Part.VALIDATION),
        corpus.read(ParallelCorpus.Part.TEST));
  }

  /** Only the test part of a corpus, as a model reads it. */
  static SentencePairs readTest(Path folder, TranslationText text) throws IOException {
    String suffix = text.lowerCase() && text.sourceUnit() == TextUnit.WORDS ? TOKENISED : "";
    return new ParallelCorpus(folder, suffix, text.sourceLanguage(), text.targetLanguage())
        .read(ParallelCorpus.Part.TEST);
  }

  /** Number words to digits: 20,000 to learn, 1,000 each to watch and to judge, none twice. */
  public static TranslationData numbers(long seed) {
    return synthetic(
        NumberWords.pairs(SYNTHETIC_TRAIN + 2 * SYNTHETIC_HELD_OUT, seed),
        "words",
        "digits",
        TextUnit.WORDS);
  }

  /** Dates as people write them to ISO 8601; no day twice. */
  public static TranslationData dates(long seed) {
    return synthetic(
        DateTexts.pairs(SYNTHETIC_TRAIN + 2 * SYNTHETIC_HELD_OUT, seed),
        "human",
        "iso",
        TextUnit.CHARACTERS);
  }

  private static TranslationData synthetic(
      SentencePairs all, String source, String target, TextUnit sourceUnit) {
    int validation = SYNTHETIC_TRAIN + SYNTHETIC_HELD_OUT;
    return new TranslationData(
        all.name(),
        source,
        target,
        sourceUnit,
        TextUnit.CHARACTERS,
        false,
        all.part("train", 0, SYNTHETIC_TRAIN),
        all.part("validation", SYNTHETIC_TRAIN, validation),
        all.part("test", validation, all.size()));
  }

  /** The same pairs the other way round. */
  public TranslationData swapped() {
    return new TranslationData(
        name,
        targetLanguage,
        sourceLanguage,
        targetUnit,
        sourceUnit,
        lowerCase,
        train.swapped(),
        validation.swapped(),
        test.swapped());
  }

  /** A smaller training set: its first pairs. */
  public TranslationData withTrain(int pairs) {
    return new TranslationData(
        name,
        sourceLanguage,
        targetLanguage,
        sourceUnit,
        targetUnit,
        lowerCase,
        train.part(train.name(), 0, Math.min(pairs, train.size())),
        validation,
        test);
  }

  /** The tokeniser by which BLEU is counted: none where the text has been tokenised. */
  static BleuTokenizer bleuTokenizer(TextUnit unit) {
    return unit == TextUnit.PLAIN ? BleuTokenizer.V13A : BleuTokenizer.NONE;
  }

  TranslationText text(boolean reverseSource, int minimumCount) {
    return new TranslationText(
        sourceLanguage,
        targetLanguage,
        sourceUnit,
        targetUnit,
        lowerCase,
        reverseSource,
        TranslationText.vocabulary(train.source(), sourceUnit, lowerCase, minimumCount),
        TranslationText.vocabulary(train.target(), targetUnit, lowerCase, minimumCount));
  }

  /** Of all sentences to learn from and to watch. */
  String sha256() {
    Sha256 hash = new Sha256();
    for (SentencePairs pairs : List.of(train, validation)) {
      for (List<String> side : List.of(pairs.source(), pairs.target())) {
        side.forEach(line -> hash.add(line + "\n"));
      }
    }
    return hash.hex();
  }
}
