package io.carousel.task.sentiment;

import io.carousel.data.text.LabelledText;
import io.carousel.data.text.LabelledTokens;
import io.carousel.data.text.ReviewTokenizer;
import io.carousel.data.text.SentimentFiles;
import io.carousel.data.text.SentimentFiles.Part;
import io.carousel.data.text.Vocabulary;
import io.carousel.device.RandomStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * The training sentences, cut into a part to learn from and a part that decides when to stop, with
 * the vocabulary of the first.
 *
 * @param classes what is told apart
 * @param vocabulary of the part that is learned from
 * @param train to learn from
 * @param validation decides when to stop
 */
record SentimentData(
    SentimentClasses classes,
    Vocabulary vocabulary,
    LabelledTokens train,
    LabelledTokens validation) {

  /** Reads and cuts; the held-back sentences depend on the seed and their number only. */
  static SentimentData of(SentimentFiles files, SentimentSettings settings) throws IOException {
    SentimentClasses classes = classes(files, settings.classes());
    List<List<LabelledText>> sentences =
        settings.phrases() ? phrases(files) : listed(files.sentences(Part.TRAIN));
    int[] order = new RandomStream(settings.seed(), "validation").permutation(sentences.size());
    int held = (int) Math.round(settings.validation() * sentences.size());
    if (held < 1 || held >= sentences.size()) {
      throw new IllegalArgumentException(
          "%s: %d sentences are too few to hold %s of them back"
              .formatted(files.file(Part.TRAIN), sentences.size(), settings.validation()));
    }
    List<LabelledText> validation = new ArrayList<>();
    List<LabelledText> train = new ArrayList<>();
    for (int i = 0; i < order.length; i++) {
      if (i < held) {
        validation.add(sentences.get(order[i]).get(0)); // a sentence, as those that judge
      } else {
        train.addAll(sentences.get(order[i]));
      }
    }
    List<String> words = new ArrayList<>();
    train.forEach(text -> words.addAll(ReviewTokenizer.words(text.text())));
    Vocabulary vocabulary = Vocabulary.of(words, settings.minimumCount(), 0, Vocabulary.UNKNOWN);
    int labels = files.format().labels();
    return new SentimentData(
        classes,
        vocabulary,
        tokens(train, labels, classes, vocabulary),
        tokens(validation, labels, classes, vocabulary));
  }

  private static SentimentClasses classes(SentimentFiles files, int wanted) {
    return SentimentClasses.of(wanted == 0 ? files.format().labels() : wanted);
  }

  private static List<List<LabelledText>> phrases(SentimentFiles files) throws IOException {
    if (files.format() != SentimentFiles.Format.TREES) {
      throw new IllegalArgumentException(
          "%s: only the official trees (train.txt) have labelled phrases"
              .formatted(files.file(Part.TRAIN)));
    }
    return files.phrases(Part.TRAIN);
  }

  private static List<List<LabelledText>> listed(List<LabelledText> sentences) {
    return sentences.stream().map(List::of).toList();
  }

  /** Texts as ids with their classes; those that belong to none are left out. */
  static LabelledTokens tokens(
      List<LabelledText> texts, int labels, SentimentClasses classes, Vocabulary vocabulary) {
    List<int[]> sequences = new ArrayList<>();
    List<Integer> targets = new ArrayList<>();
    for (LabelledText text : texts) {
      int target = classes.classOf(text.label(), labels);
      if (target != SentimentClasses.NONE) {
        sequences.add(vocabulary.ids(ReviewTokenizer.words(text.text())));
        targets.add(target);
      }
    }
    return new LabelledTokens(sequences, targets.stream().mapToInt(Integer::intValue).toArray());
  }
}
