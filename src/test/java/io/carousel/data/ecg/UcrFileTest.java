package io.carousel.data.ecg;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carousel.TestData;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class UcrFileTest {
  @TempDir Path folder;

  private Path file(String text) throws IOException {
    return Files.writeString(folder.resolve("beats.txt"), text);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "  1.0000000e+00  -5.0000000e-01   2.5\n\n  2.0000000e+00 1 -3\n",
        "1\t-0.5\t2.5\n2\t1\t-3",
        "1,-0.5,2.5\r\n2,1,-3\r\n"
      })
  void blanksTabsAndCommasSeparateTheSame(String text) throws IOException {
    UcrFile read = UcrFile.read(file(text));
    assertArrayEquals(new int[] {1, 2}, read.labels());
    assertArrayEquals(new float[] {-0.5f, 2.5f}, read.series().get(0));
    assertArrayEquals(new float[] {1, -3}, read.series().get(1));
    assertEquals(2, read.length());
  }

  @Test
  void packedFilesReadTheSame() throws IOException {
    Path packed = folder.resolve("beats.tsv.gz");
    try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(packed))) {
      out.write("1\t2\t3\n".getBytes(StandardCharsets.UTF_8));
    }
    UcrFile plain = UcrFile.read(file("1 2 3"));
    assertEquals(plain.fingerprint(), UcrFile.read(packed).fingerprint());
    assertNotEquals(plain.fingerprint(), UcrFile.read(file("1 2 4")).fingerprint());
    assertNotEquals(plain.fingerprint(), UcrFile.read(file("2 2 3")).fingerprint());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'1 2 3;1 2' | line 2: 1 values, 2 before it",
        "'1 2 x' | line 1: 'x' is no number",
        "'1 2 NaN' | line 1: NaN is no measurement",
        "'1.5 2 3' | line 1: the class 1.5 is no whole number",
        "'1' | line 1: a class and at least one value",
        "' ' | no series in it",
      })
  void badLinesAreNamed(String text, String expected) throws IOException {
    Path bad = file(text.replace(';', '\n'));
    IOException refused = assertThrows(IOException.class, () -> UcrFile.read(bad));
    assertTrue(refused.getMessage().contains(bad + ""), refused.getMessage());
    assertTrue(refused.getMessage().contains(expected), refused.getMessage());
  }

  @Test
  void ecg5000IsReadWhole() throws IOException {
    UcrFile read = UcrFile.read(TestData.require("ecg5000").resolve("ECG5000_TRAIN.txt.gz"));
    assertEquals(500, read.size());
    assertEquals(140, read.length());
    assertEquals(292, Arrays.stream(read.labels()).filter(c -> c == 1).count());
  }
}
