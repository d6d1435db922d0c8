package io.carousel.data.text;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/**
 * A folder of files with one sentence a line, a file for each part and language, such as {@code
 * train.de} and {@code train.en}, plain or {@code .gz}, UTF-8: the layout of Multi30k and of most
 * parallel corpora. Line n of one language is the translation of line n of the other.
 */
public final class ParallelCorpus {
  private final Path folder;
  private final String suffix;
  private final String source;
  private final String target;

  /** A part of a corpus and the names that its files may have. */
  public enum Part {
    /** To learn from. */
    TRAIN("train"),
    /** To watch while learning. */
    VALIDATION("val", "valid", "dev"),
    /** To judge by; Multi30k's first test set where it is there. */
    TEST("test_2016_flickr", "test");

    @SuppressWarnings("ImmutableEnumChecker") // made by List.of
    private final List<String> names;

    Part(String... names) {
      this.names = List.of(names);
    }
  }

  /**
   * A corpus; nothing is read yet.
   *
   * @param folder of the files
   * @param suffix between part and language, such as {@code .lc.norm.tok}; may be empty
   * @param source language, as in the files' names
   * @param target language
   * @throws NotDirectoryException when there is no such folder
   */
  public ParallelCorpus(Path folder, String suffix, String source, String target)
      throws NotDirectoryException {
    if (!Files.isDirectory(folder)) {
      throw new NotDirectoryException(folder.toString());
    }
    this.folder = folder;
    this.suffix = suffix;
    this.source = source;
    this.target = target;
  }

  /**
   * Reads one part.
   *
   * @throws IOException when a file is missing, broken, or not as long as its counterpart
   */
  public SentencePairs read(Part part) throws IOException {
    Path sourceFile = file(part, source);
    Path targetFile = file(part, target);
    List<String> sources = lines(sourceFile);
    List<String> targets = lines(targetFile);
    if (sources.size() != targets.size() || sources.isEmpty()) {
      throw new IOException(
          "%s has %d lines, %s has %d: a corpus needs as many of each, line by line"
              .formatted(sourceFile, sources.size(), targetFile.getFileName(), targets.size()));
    }
    return new SentencePairs(
        sourceFile.getFileName() + " → " + targetFile.getFileName(), sources, targets);
  }

  private Path file(Part part, String language) throws IOException {
    List<String> tried = new ArrayList<>();
    for (String name : part.names) {
      for (String ending : new String[] {".gz", ""}) {
        String candidate = name + suffix + "." + language + ending;
        if (Files.isRegularFile(folder.resolve(candidate))) {
          return folder.resolve(candidate);
        }
        tried.add(candidate);
      }
    }
    throw new IOException(
        "%s: no sentences to %s in '%s'; looked for %s"
            .formatted(
                folder,
                switch (part) {
                  case TRAIN -> "learn from";
                  case VALIDATION -> "validate with";
                  case TEST -> "test with";
                },
                language,
                String.join(", ", tried)));
  }

  /**
   * The lines of a file, plain or {@code .gz}.
   *
   * @throws IOException when it cannot be read, is no gzip, or is not UTF-8; the file is named
   */
  public static List<String> lines(Path file) throws IOException {
    List<String> lines = new ArrayList<>();
    boolean zipped = file.getFileName().toString().endsWith(".gz");
    try (InputStream bytes = Files.newInputStream(file);
        InputStream text = zipped ? new GZIPInputStream(bytes) : bytes;
        BufferedReader reader =
            new BufferedReader(new InputStreamReader(text, StandardCharsets.UTF_8.newDecoder()))) {
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        lines.add(line);
      }
    } catch (CharacterCodingException e) {
      throw new IOException(
          "%s: line %d is not UTF-8; convert the file, for example by iconv"
              .formatted(file, lines.size() + 1),
          e);
    } catch (ZipException | java.io.EOFException e) {
      throw new IOException(
          file + " is no whole gzip file (" + e.getMessage() + "); download it again", e);
    }
    return lines;
  }
}
