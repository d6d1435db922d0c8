package io.carousel.data.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carousel.TestData;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TextCorpusTest {
  @TempDir Path folder;

  private static List<String> tokens(TextUnit unit, String text) {
    List<String> tokens = new ArrayList<>();
    unit.tokens(text).forEach(tokens::add);
    return tokens;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"ptb.%s.txt", "wiki.%s.tokens", "%s.txt", "wiki.%s.raw", "my-%s-part.txt"})
  void partsAreFoundByTheirNames(String pattern) throws Exception {
    for (String part : List.of("train", "valid", "test")) {
      Files.writeString(folder.resolve(pattern.formatted(part)), part + " words\n");
    }
    Files.writeString(folder.resolve("README.txt"), "not a part");
    Files.writeString(folder.resolve("contest.txt"), "no part either");
    TextCorpus corpus = TextCorpus.read(folder);
    assertEquals("train words\n", corpus.train());
    assertEquals("valid words\n", corpus.validation());
    assertEquals("test words\n", corpus.test());
    assertEquals("test words\n", corpus.heldOut());
  }

  @Test
  void ofOneTextTheLastTenthIsHeldBack() throws Exception {
    String text = "0123456789abcdefghé\ud83d\ude00"; // 20 characters, 21 of Java's
    Path file = folder.resolve("a.txt.gz");
    try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(file))) {
      out.write(text.getBytes(StandardCharsets.UTF_8));
    }
    Files.writeString(folder.resolve("SOURCE.txt"), "where it is from");
    for (Path data : List.of(folder, file)) {
      TextCorpus corpus = TextCorpus.read(data);
      assertEquals("0123456789abcdefgh", corpus.train());
      assertEquals("é\ud83d\ude00", corpus.validation());
      assertNull(corpus.test());
      assertEquals(corpus.validation(), corpus.heldOut());
    }
  }

  @Test
  void tinyShakespeareIsCutAtNineTenths() throws Exception {
    TextCorpus corpus = TextCorpus.read(TestData.require("tinyshakespeare"));
    assertEquals(1_003_854, corpus.train().length());
    assertEquals(1_115_394 - 1_003_854, corpus.validation().length());
  }

  @Test
  void badDataIsNamed() throws Exception {
    refused(folder.resolve("missing"), "missing");
    refused(folder, "expected *train*.txt");
    Files.writeString(folder.resolve("a.txt"), "a");
    Files.writeString(folder.resolve("b.txt"), "b");
    refused(folder, "found [a.txt, b.txt]");
    Files.writeString(folder.resolve("input.txt"), "   \n");
    refused(folder, "input.txt: the text is empty");
    Path latin = folder.resolve("latin.txt");
    Files.write(latin, new byte[] {'a', (byte) 0xe9, 'b'});
    refused(latin, "not a text in UTF-8");
    Path two = Files.createDirectory(folder.resolve("two"));
    for (String name : List.of("a.train.txt", "b.train.txt", "valid.txt")) {
      Files.writeString(two.resolve(name), "text");
    }
    refused(two, "more than one train part");
  }

  private static void refused(Path data, String words) {
    IOException e = assertThrows(IOException.class, () -> TextCorpus.read(data));
    assertTrue(e.getMessage().contains(words) || e.toString().contains(words), e.toString());
  }

  @Test
  void charactersAreCodePoints() {
    assertEquals(
        List.of("a", "\n", "\ud83d\ude00", "é"), tokens(TextUnit.CHAR, "a\n\ud83d\ude00é"));
    assertEquals("a\né", TextUnit.CHAR.join(List.of("a", "\n", "é")));
  }

  @Test
  void everyLineOfWordsHasAnEnd() {
    List<String> words = List.of("no", "<unk>", "</s>", "</s>", "yes", "</s>");
    assertEquals(words, tokens(TextUnit.WORD, " no  <unk> \n\nyes\n"));
    assertEquals("no <unk>\n\nyes\n", TextUnit.WORD.join(words));
  }
}
