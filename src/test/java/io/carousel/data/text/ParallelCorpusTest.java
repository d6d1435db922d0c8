package io.carousel.data.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carousel.TestData;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ParallelCorpusTest {
  @TempDir Path folder;

  private ParallelCorpus corpus() throws IOException {
    return new ParallelCorpus(folder, "", "de", "en");
  }

  private void refused(String... words) {
    IOException refused =
        assertThrows(IOException.class, () -> corpus().read(ParallelCorpus.Part.TRAIN));
    for (String word : words) {
      assertTrue(refused.getMessage().contains(word), refused.getMessage());
    }
  }

  private static byte[] zipped(String text) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(bytes)) {
      out.write(text.getBytes(StandardCharsets.UTF_8));
    }
    return bytes.toByteArray();
  }

  @Test
  void readsPlainAndZippedFiles() throws IOException {
    Files.writeString(folder.resolve("train.de"), "grün\n\nzwei");
    Files.write(folder.resolve("train.en.gz"), zipped("green\n\ntwo\n"));
    SentencePairs pairs = corpus().read(ParallelCorpus.Part.TRAIN);
    assertEquals(List.of("grün", "", "zwei"), pairs.source());
    assertEquals(List.of("green", "", "two"), pairs.target());
    assertEquals("train.de → train.en.gz", pairs.name());
    assertEquals(List.of("green", "", "two"), pairs.swapped().source());
  }

  @Test
  void badFilesAreNamed() throws IOException {
    assertThrows(
        java.nio.file.NotDirectoryException.class,
        () -> new ParallelCorpus(folder.resolve("missing"), "", "de", "en"));
    refused("learn from in 'de'", "train.de.gz, train.de");
    Files.writeString(folder.resolve("train.de"), "eins\nzwei\n");
    refused("learn from in 'en'");
    Files.writeString(folder.resolve("train.en"), "one\n");
    refused("train.de has 2 lines, train.en has 1");
    Files.write(folder.resolve("train.en"), new byte[] {'a', '\n', (byte) 0xe9, '\n'});
    refused("train.en: line", "not UTF-8");
    Files.delete(folder.resolve("train.en"));
    Files.writeString(folder.resolve("train.en.gz"), "no gzip at all");
    refused("train.en.gz is no whole gzip file");
    byte[] whole = zipped("one\ntwo\n".repeat(500));
    Files.write(folder.resolve("train.en.gz"), java.util.Arrays.copyOf(whole, whole.length - 12));
    refused("train.en.gz is no whole gzip file");
  }

  @Test
  void readsOtherLanguagesOfTheRealData() throws IOException {
    Path data = TestData.require("multi30k");
    SentencePairs test = new ParallelCorpus(data, "", "en", "fr").read(ParallelCorpus.Part.TEST);
    assertEquals(1000, test.size());
    assertEquals("A man in an orange hat starring at something.", test.source().get(0));
    assertTrue(test.target().get(0).startsWith("Un homme"), test.target().get(0));
  }
}
