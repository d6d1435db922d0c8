package io.carousel.examples;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carousel.io.SequenceModelFile;
import io.carousel.rnn.Lstm;
import io.carousel.rnn.SequenceModel;
import io.carousel.serve.ServedModel;
import io.carousel.serve.SessionPool;
import io.carousel.serve.StreamingSession;
import io.carousel.train.SequenceTrainer;
import io.carousel.train.Trainer;
import io.carousel.train.TrainerSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Code in Javadoc is code of an example, which compiles and runs, or of {@link SnippetCode}; "..."
 * stands for lines of it.
 */
class JavadocSnippetsTest {
  private static final Path SOURCES = Path.of("src/main/java");
  private static final Path OTHER = Path.of("src/test/java/io/carousel/examples/SnippetCode.java");
  private static final Pattern SNIPPET =
      Pattern.compile("<pre>\\{@code\\n(.*?)\\}</pre>", Pattern.DOTALL);

  @Test
  void everySnippetIsPartOfAnExample() throws Exception {
    List<List<String>> examples = new ArrayList<>();
    for (Path file : Stream.concat(ExampleFiles.all().stream(), Stream.of(OTHER)).toList()) {
      examples.add(Files.readString(file).lines().map(String::strip).toList());
    }
    try (Stream<Path> files = Files.walk(SOURCES)) {
      for (Path file : files.filter(f -> f.toString().endsWith(".java")).toList()) {
        for (List<String> snippet : snippets(file)) {
          assertTrue(
              examples.stream().anyMatch(example -> isPart(snippet, example)),
              () -> file + " shows code that is in no example: " + snippet);
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      classes = {
        Lstm.class,
        SequenceModel.class,
        SequenceModelFile.class,
        SequenceTrainer.class,
        ServedModel.class,
        SessionPool.class,
        StreamingSession.class,
        Trainer.class,
        TrainerSettings.class
      })
  void typesThatProgramsStartFromShowCode(Class<?> type) throws Exception {
    assertFalse(snippets(SOURCES.resolve(type.getName().replace('.', '/') + ".java")).isEmpty());
  }

  @Test
  void partsComeInTheirOrder() {
    List<String> example = List.of("a();", "b();", "c();", "}");
    assertTrue(isPart(List.of("a();", "...", "c();", "}"), example));
    assertFalse(isPart(List.of("c();", "...", "a();"), example));
    assertFalse(isPart(List.of("a();", "c();"), example));
  }

  /** The Java code of a file's Javadoc; other blocks are formulas and tables. */
  private static List<List<String>> snippets(Path file) throws IOException {
    return SNIPPET
        .matcher(Files.readString(file))
        .results()
        .map(found -> found.group(1).lines().map(l -> l.strip().replaceFirst("^\\* ?", "").strip()))
        .map(lines -> lines.filter(line -> !line.isEmpty()).toList())
        .filter(lines -> lines.stream().anyMatch(line -> line.endsWith(";")))
        .toList();
  }

  private static boolean isPart(List<String> snippet, List<String> example) {
    int from = 0;
    List<String> part = new ArrayList<>();
    for (String line : Stream.concat(snippet.stream(), Stream.of("...")).toList()) {
      if (!line.equals("...")) {
        part.add(line);
        continue;
      }
      int at = part.isEmpty() ? 0 : indexOf(example.subList(from, example.size()), part);
      if (at < 0) {
        return false;
      }
      from += at + part.size();
      part.clear();
    }
    return true;
  }

  private static int indexOf(List<String> example, List<String> part) {
    for (int at = 0; at + part.size() <= example.size(); at++) {
      if (example.subList(at, at + part.size()).equals(part)) {
        return at;
      }
    }
    return -1;
  }
}
