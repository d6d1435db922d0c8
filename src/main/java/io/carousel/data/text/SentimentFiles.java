package io.carousel.data.text;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A folder with the Stanford Sentiment Treebank in one of the three forms that it is handed around
 * in. Which one it is, is told by the names of its files.
 */
public final class SentimentFiles {
  /** A form of the data. */
  public enum Format {
    /** SST-2: {@code train.tsv}, {@code dev.tsv}, lines of text TAB label, 0 or 1. */
    SST2(2, "train.tsv", "dev.tsv", "test.tsv"),
    /** SST-5: {@code stsa.fine.train}, {@code stsa.fine.dev}, lines of label BLANK text, 0 to 4. */
    SST5(5, "stsa.fine.train", "stsa.fine.dev", "stsa.fine.test"),
    /** The official trees: {@code train.txt}, {@code dev.txt}, {@code test.txt}, 0 to 4. */
    TREES(5, "train.txt", "dev.txt", "test.txt");

    private final int labels;

    @SuppressWarnings("ImmutableEnumChecker") // made by List.of
    private final List<String> names;

    Format(int labels, String... names) {
      this.labels = labels;
      this.names = List.of(names);
    }

    /** Number of labels, 2 or 5. */
    public int labels() {
      return labels;
    }

    String name(Part part) {
      return names.get(part.ordinal());
    }
  }

  /** The parts that the data come in. */
  public enum Part {
    /** To learn from. */
    TRAIN,
    /** To judge by. */
    DEV,
    /** To judge by in the end. */
    TEST
  }

  private final Path folder;
  private final Format format;

  private SentimentFiles(Path folder, Format format) {
    this.folder = folder;
    this.format = format;
  }

  /**
   * Finds out what a folder holds.
   *
   * @throws IOException when there is no such folder, or it holds none of the forms, or several
   */
  public static SentimentFiles in(Path folder) throws IOException {
    List<Format> found = new ArrayList<>();
    for (Format format : Format.values()) {
      if (Arrays.stream(Part.values()).anyMatch(p -> has(folder, format.name(p)))) {
        found.add(format);
      }
    }
    if (found.size() == 1) {
      return new SentimentFiles(folder, found.get(0));
    }
    throw new IOException(
        found.isEmpty()
            ? "%s: %s"
                .formatted(
                    folder,
                    Files.isDirectory(folder) ? "holds none of " + allNames() : "no such folder")
            : "%s: holds several forms of the data (%s); leave one of them there"
                .formatted(
                    folder, found.stream().map(Format::name).collect(Collectors.joining(", "))));
  }

  private static boolean has(Path folder, String name) {
    return Files.isRegularFile(folder.resolve(name));
  }

  private static String allNames() {
    return Arrays.stream(Format.values())
        .map(f -> f.name(Part.TRAIN))
        .collect(Collectors.joining(", "));
  }

  /** What the folder holds. */
  public Format format() {
    return format;
  }

  /** Whether there is a file of that part. */
  public boolean has(Part part) {
    return has(folder, format.name(part));
  }

  /** The file of a part. */
  public Path file(Part part) {
    return folder.resolve(format.name(part));
  }

  /**
   * The sentences of a part, in the order of the file.
   *
   * @throws IOException when there is no such file, it is empty, or a line is wrong, with its
   *     number
   */
  public List<LabelledText> sentences(Part part) throws IOException {
    List<LabelledText> sentences = new ArrayList<>();
    for (List<LabelledText> line : phrases(part)) {
      sentences.add(line.get(0));
    }
    return sentences;
  }

  /**
   * Per sentence of a part the sentence itself, and after it all labelled phrases in it, single
   * words too, where the form has them: trees.
   *
   * @throws IOException as {@link #sentences}
   */
  public List<List<LabelledText>> phrases(Part part) throws IOException {
    Path file = file(part);
    if (!has(part)) {
      throw new IOException(file + ": no such file");
    }
    List<String> lines;
    try {
      lines = Files.readAllLines(file, StandardCharsets.UTF_8);
    } catch (CharacterCodingException e) {
      throw new IOException(file + ": is no text in UTF-8", e);
    }
    List<List<LabelledText>> sentences = new ArrayList<>();
    for (int i = 0; i < lines.size(); i++) {
      if (lines.get(i).isBlank()) {
        continue;
      }
      try {
        sentences.add(read(lines.get(i)));
      } catch (IllegalArgumentException e) {
        throw new IOException("%s, line %d: %s".formatted(file, i + 1, e.getMessage()), e);
      }
    }
    if (sentences.isEmpty()) {
      throw new IOException(file + ": holds no sentences");
    }
    return sentences;
  }

  private List<LabelledText> read(String line) {
    return switch (format) {
      case SST2 -> {
        int tab = line.lastIndexOf('\t');
        if (tab < 0) {
          throw new IllegalArgumentException("expected text TAB label, found no tab");
        }
        yield List.of(new LabelledText(line.substring(0, tab), label(line.substring(tab + 1))));
      }
      case SST5 -> {
        int blank = line.indexOf(' ');
        if (blank < 0) {
          throw new IllegalArgumentException("expected label BLANK text, found no blank");
        }
        yield List.of(new LabelledText(line.substring(blank + 1), label(line.substring(0, blank))));
      }
      case TREES -> SentimentTree.parse(line.strip()).phrases();
    };
  }

  private int label(String text) {
    String digits = text.strip();
    int label = digits.length() == 1 ? digits.charAt(0) - '0' : -1;
    if (label < 0 || label >= format.labels) {
      throw new IllegalArgumentException(
          "expected a label 0 to %d, found '%s'".formatted(format.labels - 1, digits));
    }
    return label;
  }
}
