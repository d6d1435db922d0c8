package io.carousel.data.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carousel.TestData;
import io.carousel.data.text.SentimentFiles.Format;
import io.carousel.data.text.SentimentFiles.Part;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SentimentFilesTest {
  @TempDir Path folder;

  @Test
  void readsTheRealFiles() throws IOException {
    SentimentFiles two = SentimentFiles.in(TestData.require("sst2"));
    assertEquals(Format.SST2, two.format());
    assertEquals(872, two.sentences(Part.DEV).size());
    assertFalse(two.has(Part.TEST));
    SentimentFiles five = SentimentFiles.in(TestData.require("sst5"));
    assertEquals(Format.SST5, five.format());
    int[] counts = new int[5];
    five.sentences(Part.TRAIN).forEach(s -> counts[s.label()]++);
    // Socher et al. 2013 split, as everybody counts it
    assertEquals(List.of(1092, 2218, 1624, 2322, 1288), Arrays.stream(counts).boxed().toList());
  }

  @Test
  void readsTrees() throws IOException {
    write("train.txt", "(3 (2 a) (4 gem))\n\n(1 (2 a) (1 (0 dull) (2 one)))\n");
    SentimentFiles files = SentimentFiles.in(folder);
    assertEquals(Format.TREES, files.format());
    assertEquals(
        List.of(new LabelledText("a gem", 3), new LabelledText("a dull one", 1)),
        files.sentences(Part.TRAIN));
    assertEquals(
        List.of("a dull one", "a", "dull one", "dull", "one"),
        files.phrases(Part.TRAIN).get(1).stream().map(LabelledText::text).toList());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "train.tsv | good\\t1;bad 0 | train.tsv, line 2: expected text TAB label, found no tab",
        "train.tsv | good\\t1;bad\\t2 | train.tsv, line 2: expected a label 0 to 1, found '2'",
        "train.tsv | good\\t1;bad\\t | train.tsv, line 2: expected a label 0 to 1, found ''",
        "stsa.fine.train | 4 good;;bad | line 3: expected label BLANK text, found no blank",
        "stsa.fine.train | 4 good;5 bad | line 2: expected a label 0 to 4, found '5'",
        "stsa.fine.train | 4 good;-1 bad | line 2: expected a label 0 to 4, found '-1'",
        "train.txt | (2 a);(2 (3 b) | train.txt, line 2: expected ')' at column 9",
        "train.txt | ; | train.txt: holds no sentences",
      })
  void namesBadLines(String name, String lines, String expected) throws IOException {
    write(name, lines.replace(';', '\n').replace("\\t", "\t"));
    IOException refused =
        assertThrows(IOException.class, () -> SentimentFiles.in(folder).sentences(Part.TRAIN));
    assertTrue(refused.getMessage().contains(expected), refused.getMessage());
    assertTrue(refused.getMessage().startsWith(folder.resolve(name).toString()));
  }

  @Test
  void saysWhatAFolderLacks() throws IOException {
    refused("holds none of train.tsv, stsa.fine.train, train.txt");
    write("train.tsv", "good\t1\n");
    IOException noDev =
        assertThrows(IOException.class, () -> SentimentFiles.in(folder).sentences(Part.DEV));
    assertEquals(folder.resolve("dev.tsv") + ": no such file", noDev.getMessage());
    write("dev.txt", "(2 a)\n");
    refused("holds several forms of the data (SST2, TREES)");
    Files.delete(folder.resolve("dev.txt"));
    Files.write(folder.resolve("train.tsv"), new byte[] {'a', (byte) 0xff, '\t', '1'});
    IOException binary =
        assertThrows(IOException.class, () -> SentimentFiles.in(folder).sentences(Part.TRAIN));
    assertTrue(binary.getMessage().endsWith("is no text in UTF-8"), binary.getMessage());
  }

  private void refused(String words) {
    IOException refused = assertThrows(IOException.class, () -> SentimentFiles.in(folder));
    assertTrue(refused.getMessage().contains(words), refused.getMessage());
  }

  private void write(String name, String text) throws IOException {
    Files.writeString(folder.resolve(name), text, StandardCharsets.UTF_8);
  }
}
