package io.carousel.data.text;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/**
 * Running text in parts: to learn from, to watch, and to judge by. UTF-8, plain or {@code .gz}.
 *
 * @param name of the folder or file, for messages and provenance
 * @param train to learn from
 * @param validation that decides when to stop
 * @param test that nothing was decided by, null where the data set has none
 */
public record TextCorpus(String name, String train, String validation, @Nullable String test) {
  /** A text without parts of its own: so much of it, the end, is held back. */
  public static final double HELD_BACK = 0.1;

  private static final Pattern NO_TEXT =
      Pattern.compile("(?i)(readme|license|licence|notice|source|sha256sums?)\\..*");
  private static final Pattern TEXT = Pattern.compile(".*\\.(txt|tokens|raw)(\\.gz)?");

  /**
   * Reads a data set.
   *
   * @param data a folder with a file for each part, whose names hold {@code train}, {@code valid}
   *     and {@code test} as those of the Penn Treebank ({@code ptb.train.txt}) and WikiText ({@code
   *     wiki.train.tokens}) do; or a folder with one text ({@code input.txt}, or the only one), or
   *     a text file, whose last tenth is held back for validation
   * @throws IOException when it is none of these or cannot be read
   */
  public static TextCorpus read(Path data) throws IOException {
    String name = String.valueOf(data.toAbsolutePath().normalize().getFileName());
    if (!Files.isDirectory(data)) {
      return heldBack(name, text(data));
    }
    List<Path> texts = texts(data);
    Path train = part(texts, "train");
    Path validation = part(texts, "valid");
    if (train != null && validation != null) {
      Path test = part(texts, "test");
      return new TextCorpus(name, text(train), text(validation), test == null ? null : text(test));
    }
    List<Path> inputs =
        texts.stream().filter(file -> name(file).matches("input\\.txt(\\.gz)?")).toList();
    List<Path> single = inputs.size() == 1 ? inputs : texts;
    if (single.size() != 1) {
      throw new IOException(
          ("%s: expected *train*.txt and *valid*.txt, or one text such as input.txt; found %s."
                  + " A single file can be given itself")
              .formatted(data, texts.stream().map(TextCorpus::name).toList()));
    }
    return heldBack(name, text(single.get(0)));
  }

  /** What a model that was trained on the data set is judged by: the test part, or validation. */
  public String heldOut() {
    return test == null ? validation : test;
  }

  /**
   * Reads one text as it is.
   *
   * @throws IOException when it cannot be read, is empty, or is not UTF-8
   */
  public static String text(Path file) throws IOException {
    if (!Files.exists(file)) {
      throw new NoSuchFileException(file.toString(), null, "no such file or folder");
    }
    byte[] bytes;
    try (InputStream stored = new BufferedInputStream(Files.newInputStream(file));
        InputStream input = name(file).endsWith(".gz") ? new GZIPInputStream(stored) : stored) {
      bytes = input.readAllBytes();
    }
    try {
      String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
      if (text.isBlank()) {
        throw new IOException(file + ": the text is empty");
      }
      return text;
    } catch (CharacterCodingException e) {
      throw new IOException(file + ": not a text in UTF-8; convert it with iconv first", e);
    }
  }

  private static TextCorpus heldBack(String name, String text) {
    int characters = text.codePointCount(0, text.length());
    int cut = text.offsetByCodePoints(0, (int) (characters * (1 - HELD_BACK)));
    return new TextCorpus(name, text.substring(0, cut), text.substring(cut), null);
  }

  private static List<Path> texts(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .filter(Files::isRegularFile)
          .filter(file -> TEXT.matcher(name(file)).matches())
          .filter(file -> !NO_TEXT.matcher(name(file)).matches())
          .sorted()
          .toList();
    }
  }

  /** The one file whose name holds a word of its own, such as train in ptb.train.txt. */
  private static @Nullable Path part(List<Path> texts, String word) throws IOException {
    Pattern pattern = Pattern.compile("(.*[^a-z])?" + word + "([^a-z].*|ation[^a-z].*)");
    List<Path> found =
        texts.stream()
            .filter(file -> pattern.matcher(name(file).toLowerCase(Locale.ROOT)).matches())
            .toList();
    if (found.size() > 1) {
      throw new IOException(
          "%s: more than one %s part: %s"
              .formatted(
                  found.get(0).toAbsolutePath().getParent(),
                  word,
                  found.stream().map(TextCorpus::name).toList()));
    }
    return found.isEmpty() ? null : found.get(0);
  }

  private static String name(Path file) {
    return String.valueOf(file.getFileName());
  }
}
