package io.carousel.task.sentiment;

import java.util.List;

/** What a sentence may be: how finely sentiment is told apart. */
public enum SentimentClasses {
  /** Negative or positive; neutral sentences are left out (SST-2). */
  TWO("negative", "positive"),
  /** Negative, neutral or positive (+/0/-). */
  THREE("negative", "neutral", "positive"),
  /** The five labels of the treebank (SST-5). */
  FIVE("very negative", "negative", "neutral", "positive", "very positive");

  /** The class of what is left out. */
  static final int NONE = -1;

  @SuppressWarnings("ImmutableEnumChecker") // made by List.of
  private final List<String> names;

  SentimentClasses(String... names) {
    this.names = List.of(names);
  }

  /**
   * So many classes.
   *
   * @throws IllegalArgumentException when it is not 2, 3 or 5
   */
  public static SentimentClasses of(int count) {
    for (SentimentClasses classes : values()) {
      if (classes.count() == count) {
        return classes;
      }
    }
    throw new IllegalArgumentException("classes must be 2, 3 or 5, got " + count);
  }

  /** Names of the classes 0 up, from negative to positive. */
  public List<String> names() {
    return names;
  }

  /** Number of classes. */
  public int count() {
    return names.size();
  }

  /**
   * The class of a label.
   *
   * @param label 0 up
   * @param labels how many the data have, 2 or 5
   * @return the class, or {@link #NONE} for a neutral sentence among two classes
   * @throws IllegalArgumentException when the data are coarser than the classes
   */
  int classOf(int label, int labels) {
    if (count() > labels) {
      throw new IllegalArgumentException(
          "the data tell %d classes apart, not %d; five-class data (SST-5 or the official trees) make 2, 3 and 5"
              .formatted(labels, count()));
    }
    if (count() == labels) {
      return label;
    }
    int sign = Integer.compare(label, labels / 2);
    return this == THREE ? sign + 1 : sign == 0 ? NONE : (sign + 1) / 2;
  }
}
