package io.carousel.data.ecg;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carousel.data.Refusal;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WfdbAnnotationTest {
  private static final int SKIP = 59 << 10;
  private static final int NUM = 60 << 10;
  private static final int SUB = 61 << 10;
  private static final int CHN = 62 << 10;
  private static final int AUX = 63 << 10;

  @TempDir Path folder;

  private List<WfdbAnnotation> read(byte[] bytes) throws IOException {
    return WfdbAnnotationReader.read(Files.write(folder.resolve("rec.atr"), bytes), 360);
  }

  private static int at(int code, int distance) {
    return code << 10 | distance;
  }

  private static int text(String twoCharacters) {
    byte[] bytes = twoCharacters.getBytes(StandardCharsets.US_ASCII);
    return bytes[0] | bytes[1] << 8;
  }

  @Test
  void everyKindOfWord() throws IOException {
    List<WfdbAnnotation> annotations =
        read(
            WfdbFiles.words(
                at(28, 18),
                AUX | 3,
                text("(N"),
                text("\0\0"),
                at(1, 1000),
                SUB | 2,
                CHN | 1,
                NUM | 7,
                SKIP,
                2,
                5,
                at(5, 10),
                SKIP,
                0xffff,
                0xfff6,
                at(6, 0),
                NUM | 0x3ff,
                at(42, 1),
                0));
    assertEquals(
        List.of(
            new WfdbAnnotation(18, 28, 0, 0, 0, "(N"),
            new WfdbAnnotation(1018, 1, 2, 1, 7, ""),
            new WfdbAnnotation(1018 + 131077 + 10, 5, 0, 1, 7, ""),
            new WfdbAnnotation(1018 + 131077, 6, 0, 1, -1, ""),
            new WfdbAnnotation(1018 + 131078, 42, 0, 1, -1, "")),
        annotations);
  }

  @Test
  void timesBeyond32BitsAreKept() throws IOException {
    int[] words = new int[13];
    for (int i = 0; i < 3; i++) {
      words[4 * i] = SKIP;
      words[4 * i + 1] = 0x7fff;
      words[4 * i + 2] = 0xffff;
      words[4 * i + 3] = at(1, 0);
    }
    assertEquals(3L * Integer.MAX_VALUE, read(WfdbFiles.words(words)).get(2).sample());
  }

  @Test
  void symbolsAndClasses() {
    String symbols = "NLRaVFJASEj/Q~";
    for (int code = 1; code <= symbols.length(); code++) {
      assertEquals(symbols.substring(code - 1, code), symbol(code));
    }
    assertEquals("|", symbol(16));
    assertEquals("s", symbol(18));
    assertEquals("\"", symbol(22));
    assertEquals("B", symbol(25));
    assertEquals("+", symbol(28));
    assertEquals("e", symbol(34));
    assertEquals("f", symbol(38));
    assertEquals("r", symbol(41));
    assertEquals("[15]", symbol(15));
    assertEquals("[42]", symbol(42));
    assertEquals("[49]", symbol(49));
    assertEquals(Optional.of(AamiClass.N), annotation(34).aamiClass());
    assertEquals(Optional.of(AamiClass.S), annotation(4).aamiClass());
    assertEquals(Optional.of(AamiClass.V), annotation(10).aamiClass());
    assertEquals(Optional.of(AamiClass.F), annotation(6).aamiClass());
    assertEquals(Optional.of(AamiClass.Q), annotation(12).aamiClass());
    assertEquals(Optional.empty(), annotation(28).aamiClass());
    assertEquals(Optional.empty(), annotation(42).aamiClass());
    assertEquals(Optional.empty(), AamiClass.ofSymbol(""));
    assertTrue(annotation(41).isBeat());
    assertFalse(annotation(28).isBeat());
    assertFalse(annotation(14).isBeat());
  }

  private static WfdbAnnotation annotation(int code) {
    return new WfdbAnnotation(0, code, 0, 0, 0, "");
  }

  private static String symbol(int code) {
    return annotation(code).symbol();
  }

  @Test
  void refusesDamagedFiles() {
    byte[] whole = WfdbFiles.words(at(28, 18), AUX | 3, text("(N"), 0, SKIP, 2, 5, at(5, 10), 0);
    for (int length = 0; length < whole.length; length++) {
      byte[] cut = Arrays.copyOf(whole, length);
      Refusal.expect(WfdbException.class, () -> read(cut), "rec.atr", "truncated");
    }
    refused("annotation code 0", at(0, 5), 0);
    refused("annotation code 50", at(50, 5), 0);
    refused("annotation code 60", NUM | 1, at(1, 5), 0);
    refused("before the record, at sample -1", SKIP, 0xffff, 0xffff, at(1, 0), 0);
  }

  private void refused(String part, int... words) {
    Refusal.expect(WfdbException.class, () -> read(WfdbFiles.words(words)), "rec.atr", part);
  }

  @Test
  void anotherTimeResolutionIsRefused() throws IOException {
    assertEquals(1, read(note("## time resolution: 360 ")).size());
    Refusal.expect(
        WfdbException.class, () -> read(note("## time resolution: 1000")), "1000", "360");
  }

  private static byte[] note(String text) {
    int[] words = new int[3 + text.length() / 2];
    words[0] = at(22, 0);
    words[1] = AUX | text.length();
    for (int i = 0; i < text.length() / 2; i++) {
      words[2 + i] = text(text.substring(2 * i, 2 * i + 2));
    }
    return WfdbFiles.words(words);
  }

  @Test
  void missingFile() throws IOException {
    WfdbRecord record = WfdbRecord.open(WfdbFiles.header(folder, "rec 0"));
    Refusal.expect(WfdbException.class, () -> record.annotations("atr"), "rec.atr: no such file");
    Refusal.expect(WfdbException.class, () -> record.annotations("../x"), "not a plain name");
  }
}
